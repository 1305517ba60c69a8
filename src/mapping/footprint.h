#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

#include "mapping/nest.h"
#include "workload/layer.h"

namespace weir {

/// The axes of a tensor in memory: ifmap (g, n, c, h, w), weight (g, m, c, r, s), psum (g, n, m, p, q). The
/// ifmap's h and w are padded coordinates.
inline constexpr std::size_t kAxes = 5;
/// The axes of output channels within a group.
inline constexpr std::size_t kWeightChannelAxis = 1, kPsumChannelAxis = 2;
using Coordinates = std::array<std::int64_t, kAxes>;

/// Coordinates used on one axis, ascending. For the ifmap's h and w they may have gaps.
using AxisSet = std::vector<std::int64_t>;

/// The words of a tensor that a tile touches: the product of its axes' sets.
struct Footprint {
  std::array<AxisSet, kAxes> axes;

  std::int64_t words() const;
};

/// Calls visit(coordinates) for every word, the last axis varying fastest.
template <typename Visit>
void for_each_word(const Footprint& footprint, Visit visit) {
  const auto& [a, b, c, d, e] = footprint.axes;
  for (const auto i : a)
    for (const auto j : b)
      for (const auto k : c)
        for (const auto l : d)
          for (const auto m : e) visit(Coordinates{i, j, k, l, m});
}

Footprint footprint(Tensor tensor, const Tile& tile, const Layer& layer);
/// The same, written to `result`, whose memory is used again.
void find_footprint(Tensor tensor, const Tile& tile, const Layer& layer, Footprint& result);

/// How many words two footprints have in common.
std::int64_t common_words(const Footprint& a, const Footprint& b);

/// footprint(...).words() without making it.
std::int64_t footprint_words(Tensor tensor, const Extents& extents, const Layer& layer);

/// |{i*stride + j*dilation : 0 <= i < outputs, 0 <= j < taps}|.
inline std::int64_t axis_words(std::int64_t outputs, std::int64_t taps, std::int64_t stride,
                               std::int64_t dilation) {
  // (i, j) and (i - b, j + a) name the same word, with a = stride/gcd and b = dilation/gcd: of all pairs,
  // those that have such a predecessor are not counted.
  if (dilation != 1) {
    const std::int64_t divisor = std::gcd(stride, dilation);
    stride /= divisor;
    dilation /= divisor;
  }
  return outputs * taps -
         std::max<std::int64_t>(0, outputs - dilation) * std::max<std::int64_t>(0, taps - stride);
}

/// Words of the box that holds a tile's footprint, gaps included: the extent of each axis.
Coordinates bounding_box(Tensor tensor, const Extents& extents, const Layer& layer);

/// Coordinates of a tile's first word.
Coordinates origin(Tensor tensor, const Extents& base, const Layer& layer);

}  // namespace weir
