#pragma once

#include <array>
#include <cstdint>

#include "mapping/box_layout.h"
#include "mapping/footprint.h"
#include "workload/layer.h"

namespace weir::timing {

/// Where a layer's tensors lie in DRAM, in words: ifmap (with its padding), weights, psums, each in the order
/// of its axes and one behind the other.
class DramLayout {
 public:
  explicit DramLayout(const Layer& layer) : layer_(layer) {
    std::int64_t first = 0;
    for (const Tensor tensor : kAllTensors) {
      const auto i = static_cast<std::size_t>(tensor);
      Coordinates box = bounding_box(tensor, layer.bounds, layer);
      if (tensor == Tensor::ifmap)
        box = {box[0], box[1], box[2], layer.padded_rows(), layer.padded_columns()};
      layouts_[i] = BoxLayout(box);
      first_[i] = first;
      first += layouts_[i].size();
    }
  }
  /// Of the first word of a tile.
  std::int64_t address(Tensor tensor, const Extents& base) const {
    const auto i = static_cast<std::size_t>(tensor);
    return first_[i] + layouts_[i].offset(origin(tensor, base, layer_));
  }

 private:
  const Layer& layer_;
  std::array<BoxLayout, kTensors> layouts_;
  std::array<std::int64_t, kTensors> first_{};
};

}  // namespace weir::timing
