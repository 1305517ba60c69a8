#pragma once

#include <cstdint>

#include "support/random_case.h"

namespace weir::test {

/// A layer, a legal mapping of it on a systolic array, and that array: small, and odd in every way that is
/// allowed. The same for the same seed.
RandomCase draw_systolic_case(std::uint64_t seed);

}  // namespace weir::test
