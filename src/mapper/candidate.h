#pragma once

#include <cstdint>

#include "workload/dimension.h"

namespace weir {

/// One dimension of a mapping that is being put together. Bounds need not divide.
struct Split {
  std::int64_t whole = 1;  ///< indices of the dimension
  std::int64_t part = 1;   ///< of them, in a PE
  std::int64_t columns = 1;
  std::int64_t rows = 1;
  std::int64_t steps = 1;   ///< positions of the array's tile: what the loops outside the array walk
  std::int64_t buffer = 1;  ///< bound at global_buffer
  std::int64_t dram = 1;    ///< bound at dram

  std::int64_t span() const { return part * columns * rows; }
  std::int64_t last_extent() const { return whole - (steps - 1) * span(); }
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
