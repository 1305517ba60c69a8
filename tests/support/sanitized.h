#pragma once

namespace weir::test {

/// Whether this is built with the sanitizers. They need terabytes of addresses and descriptors of their own:
/// short of these they stop the program, or take an object's type for wrong.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace weir::test
