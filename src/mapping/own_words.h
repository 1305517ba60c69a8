#pragma once

#include <algorithm>
#include <cstdint>

#include "accelerator/accelerator.h"
#include "base/ceil_div.h"
#include "mapping/footprint.h"
#include "workload/layer.h"

namespace weir {

/// A tile's words along an axis of the ifmap: first + i*stride + j*dilation with i < outputs, j < taps.
struct AxisTile {
  std::int64_t first, outputs, taps, stride, dilation;

  std::int64_t end() const { return first + (outputs - 1) * stride + (taps - 1) * dilation + 1; }
  /// Whether they follow one another without a gap.
  bool is_solid() const { return dilation == 1 && (taps >= stride || outputs == 1); }
  std::int64_t words() const { return axis_words(outputs, taps, stride, dilation); }
  bool has(std::int64_t at) const {
    for (std::int64_t j = 0; j < taps; ++j) {
      const std::int64_t rest = at - first - j * dilation;
      if (rest >= 0 && rest % stride == 0 && rest / stride < outputs) return true;
    }
    return false;
  }
};

/// Where the ifmap's own words stand along an axis, in padded coordinates. All others are zeros: padding, or
/// those between the words of a transposed convolution. A word is the ifmap's own if it is so on both axes.
struct OwnWords {
  std::int64_t first = 0;  ///< coordinate of the first
  std::int64_t count = 0;
  std::int64_t spacing = 1;

  std::int64_t end() const { return first + (count - 1) * spacing + 1; }
  bool has(std::int64_t at) const { return at >= first && at < end() && (at - first) % spacing == 0; }
  /// How many stand before a coordinate.
  std::int64_t before(std::int64_t at) const {
    return at <= first ? 0 : std::min(count, ceil_div(at - first, spacing));
  }
  /// Whether all words of a tile are.
  bool has_all(const AxisTile& tile) const {
    return spacing == 1 && tile.first >= first && tile.end() <= end();
  }
  /// How many words of a tile are, and how many that two tiles have in common.
  std::int64_t in(const AxisTile& tile) const;
  std::int64_t in_both(const AxisTile& a, const AxisTile& b) const;
};

OwnWords own_rows(const Layer& layer);
OwnWords own_columns(const Layer& layer);

/// Whether a layer's ifmap has such zeros.
inline bool has_zeros(const Layer& layer) { return layer.padding != Padding{} || layer.spacing != Plane{}; }
/// Whether it has, and the accelerator makes them on the way into the buffer.
bool makes_zeros(const Layer& layer, const GlobalBufferSpec& buffer);

/// Leaves the ifmap's own words in a footprint of the ifmap.
void leave_own_words(const Layer& layer, Footprint& footprint);

}  // namespace weir
