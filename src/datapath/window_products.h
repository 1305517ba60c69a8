#pragma once

#include <cstdint>
#include <vector>

namespace weir::datapath {

/// The sums of several windows of one PE: for output channel m and window k, the products of all taps.
struct WindowProducts {
  std::vector<const std::int16_t*>
      taps;                           ///< where each tap's ifmap words lie, those of all windows side by side
  std::vector<std::int32_t> weights;  ///< [tap][channel]
  std::int64_t channels = 0;
  std::int64_t windows = 0;

  /// Adds to sums[m * line + k], modulo 2^32. Reads and writes whole blocks of windows
  /// (StreamLayout::kBlock): what is behind the last window does not matter.
  void add_to(std::uint32_t* sums, std::int64_t line) const;
  /// How many words of the windows' taps are zero.
  std::int64_t zeros() const;
};

}  // namespace weir::datapath
