#include "mapping/footprint.h"

#include <algorithm>
#include <numeric>

namespace weir {
namespace {

using enum Dimension;

void set_range(std::int64_t first, std::int64_t count, AxisSet& set) {
  set.resize(static_cast<std::size_t>(count));
  std::iota(set.begin(), set.end(), first);
}

void set_sliding(std::int64_t first_output, std::int64_t outputs, std::int64_t stride, std::int64_t first_tap,
                 std::int64_t taps, std::int64_t dilation, AxisSet& set) {
  const std::int64_t first = first_output * stride + first_tap * dilation;
  if (dilation == 1 && (taps >= stride || outputs == 1))
    return set_range(first, (outputs - 1) * stride + taps, set);
  set.clear();
  for (std::int64_t i = 0; i < outputs; ++i) {
    for (std::int64_t j = 0; j < taps; ++j) set.push_back(first + i * stride + j * dilation);
  }
  if (taps == 1) return;
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
}

std::array<Dimension, kAxes> axis_dimensions(Tensor tensor) {
  return tensor == Tensor::weight ? std::array{G, M, C, R, S} : std::array{G, N, M, P, Q};
}

}  // namespace

std::int64_t Footprint::words() const {
  std::int64_t product = 1;
  for (const AxisSet& axis : axes) product *= static_cast<std::int64_t>(axis.size());
  return product;
}

void find_footprint(Tensor tensor, const Tile& tile, const Layer& layer, Footprint& result) {
  const auto& [base, extents] = tile;
  const auto dimensions = tensor == Tensor::ifmap ? std::array{G, N, C, P, Q} : axis_dimensions(tensor);
  for (std::size_t i = 0; i < kAxes; ++i) {
    const Dimension d = dimensions[i];
    if (tensor == Tensor::ifmap && (d == P || d == Q)) {
      const Dimension tap = d == P ? R : S;
      set_sliding(base[d], extents[d], d == P ? layer.stride.vertical : layer.stride.horizontal, base[tap],
                  extents[tap], d == P ? layer.dilation.vertical : layer.dilation.horizontal, result.axes[i]);
    } else {
      set_range(base[d], extents[d], result.axes[i]);
    }
  }
}

Footprint footprint(Tensor tensor, const Tile& tile, const Layer& layer) {
  Footprint result;
  find_footprint(tensor, tile, layer, result);
  return result;
}

std::int64_t common_words(const Footprint& a, const Footprint& b) {
  std::int64_t product = 1;
  for (std::size_t i = 0; i < kAxes; ++i) {
    AxisSet both;
    std::set_intersection(a.axes[i].begin(), a.axes[i].end(), b.axes[i].begin(), b.axes[i].end(),
                          std::back_inserter(both));
    product *= static_cast<std::int64_t>(both.size());
  }
  return product;
}

std::int64_t footprint_words(Tensor tensor, const Extents& extents, const Layer& layer) {
  if (tensor == Tensor::ifmap) {
    return extents[G] * extents[N] * extents[C] *
           axis_words(extents[P], extents[R], layer.stride.vertical, layer.dilation.vertical) *
           axis_words(extents[Q], extents[S], layer.stride.horizontal, layer.dilation.horizontal);
  }
  std::int64_t product = 1;
  for (const Dimension d : axis_dimensions(tensor)) product *= extents[d];
  return product;
}

Coordinates bounding_box(Tensor tensor, const Extents& extents, const Layer& layer) {
  if (tensor == Tensor::ifmap) {
    return {extents[G], extents[N], extents[C],
            (extents[P] - 1) * layer.stride.vertical + (extents[R] - 1) * layer.dilation.vertical + 1,
            (extents[Q] - 1) * layer.stride.horizontal + (extents[S] - 1) * layer.dilation.horizontal + 1};
  }
  Coordinates box;
  const auto dimensions = axis_dimensions(tensor);
  for (std::size_t i = 0; i < kAxes; ++i) box[i] = extents[dimensions[i]];
  return box;
}

Coordinates origin(Tensor tensor, const Extents& base, const Layer& layer) {
  if (tensor == Tensor::ifmap) {
    return {base[G], base[N], base[C], base[P] * layer.stride.vertical + base[R] * layer.dilation.vertical,
            base[Q] * layer.stride.horizontal + base[S] * layer.dilation.horizontal};
  }
  Coordinates first;
  const auto dimensions = axis_dimensions(tensor);
  for (std::size_t i = 0; i < kAxes; ++i) first[i] = base[dimensions[i]];
  return first;
}

}  // namespace weir
