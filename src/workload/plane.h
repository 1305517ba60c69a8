#pragma once

#include <cstdint>

namespace weir {

/// A value for each of the two directions of a plane.
struct Plane {
  std::int64_t vertical = 1;
  std::int64_t horizontal = 1;
  friend bool operator==(const Plane&, const Plane&) = default;
};

struct Padding {
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;
  friend bool operator==(const Padding&, const Padding&) = default;
};

}  // namespace weir
