#pragma once

#include <algorithm>
#include <cstdint>

#include "base/dimension.h"

namespace weir {

/// One dimension of a mapping that is being put together. Bounds need not divide.
struct Split {
  std::int64_t whole = 1;  ///< indices of the dimension
  std::int64_t part = 1;   ///< of them, in a PE; the most where several arrays are meant
  std::int64_t columns = 1;
  std::int64_t rows = 1;
  std::int64_t steps = 1;   ///< positions of the array's tile: what the loops outside the array walk
  std::int64_t buffer = 1;  ///< bound at global_buffer
  std::int64_t dram = 1;    ///< bound at dram

  std::int64_t least_part = 1;  ///< the least where several arrays are meant

  // What follows from these, worked out once: set_array, then set_outside.
  std::int64_t extent = 1;       ///< of a full tile of the array, columns, rows and parts alike
  std::int64_t last_extent = 1;  ///< of the last, which may be cut
  std::int64_t parts = 1;        ///< in all steps
  std::int64_t first_parts = 1;  ///< in the first step
  std::int64_t last_parts = 1;   ///< in the last step
  std::int64_t in_last_run = 1;  ///< steps in the last iteration at dram

  std::int64_t span() const { return extent; }
  void set_array() {
    const auto over = [](std::int64_t a, std::int64_t b) { return (a + b - 1) / b; };
    extent = part * columns * rows;
    least_part = part;
    steps = over(whole, extent);
    last_extent = whole - (steps - 1) * extent;
    set_parts();
    set_outside(steps, 1);
  }
  void set_parts() {
    const auto over = [](std::int64_t a, std::int64_t b) { return (a + b - 1) / b; };
    parts = over(whole, part);
    first_parts = over(array_tile(), part);
    last_parts = over(last_extent, part);
  }
  /// Lets this stand for `other` as well, which differs in how the array's tile is shared by PEs. To be
  /// followed by set_parts().
  void include(const Split& other) {
    part = std::max(part, other.part);
    least_part = std::min(least_part, other.least_part);
  }
  void set_outside(std::int64_t at_buffer, std::int64_t at_dram) {
    buffer = at_buffer;
    dram = at_dram;
    in_last_run = dram == 1 ? steps : steps - (steps - 1) / buffer * buffer;
  }
  /// Indices in the array's and in the buffer's tile.
  std::int64_t array_tile() const { return span() < whole ? span() : whole; }
  std::int64_t buffer_tile() const { return buffer >= steps ? whole : span() * buffer; }
};

/// Where a loop stands, as far as that is decided: a higher number is further inside. A loop is surely
/// outside another if its innermost place is outside the other's outermost.
struct Place {
  std::int32_t outermost = 0;
  std::int32_t innermost = 0;
};

/// From here on the places of loops at global_buffer, inside all at dram.
inline constexpr std::int32_t kInsideDram = 100;
/// From here on, on their level, the places of loops whose order is decided, inside those of which it is
/// open.
inline constexpr std::int32_t kDecided = 50;

/// A mapping as far as it is decided, of which all completions are to be bounded: at first the array alone
/// (then all steps of a dimension count as one loop at global_buffer), then the bounds of all loops, then
/// their order.
struct Candidate {
  PerDimension<Split> splits;
  PerDimension<Place> buffer_places;  ///< of the loops at global_buffer
  PerDimension<Place> dram_places;
  bool weights_in_global_buffer = false;
};

}  // namespace weir
