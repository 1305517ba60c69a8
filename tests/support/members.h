#pragma once

#include <cstddef>
#include <utility>

namespace weir::test {

/// What a member of any type can be made from.
struct Anything {
  template <typename T>
  operator T() const;  // NOLINT(google-explicit-constructor)
};

/// How many members an aggregate has.
template <typename T, typename... Given>
constexpr std::size_t members_of() {
  if constexpr (requires { T{Given{}..., Anything{}}; }) {
    return members_of<T, Given..., Anything>();
  } else {
    return sizeof...(Given);
  }
}

}  // namespace weir::test
