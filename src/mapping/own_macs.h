#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "mapping/nest.h"
#include "mapping/own_words.h"
#include "workload/layer.h"

namespace weir {

/// The pairs of an output and a tap along an axis of the ifmap that meet at one of its own words.
class OwnPairs {
 public:
  OwnPairs(Dimension output, Dimension tap, const Layer& layer);

  /// Of `outputs` outputs and `taps` taps from these on.
  std::int64_t in(std::int64_t first_output, std::int64_t outputs, std::int64_t first_tap,
                  std::int64_t taps) const;
  std::int64_t in(const Tile& tile) const {
    return in(tile.base[output_], tile.extents[output_], tile.base[tap_], tile.extents[tap_]);
  }
  /// Of the whole layer.
  std::int64_t all() const { return all_; }
  /// Whether all pairs of a tile are.
  bool are_all(const Tile& tile) const;

 private:
  Dimension output_, tap_;
  std::int64_t stride_, dilation_;
  OwnWords own_;
  std::int64_t all_;
};

/// The MACs that do not multiply a zero of padding.
struct OwnMacs {
  explicit OwnMacs(const Layer& layer)
      : vertical(Dimension::P, Dimension::R, layer), horizontal(Dimension::Q, Dimension::S, layer) {}

  std::int64_t in(const Tile& tile) const;
  OwnPairs vertical, horizontal;
};

/// Whether PEs skip MACs of a layer.
bool skips_macs(const Layer& layer, const Accelerator& accelerator);
/// MACs of a layer that PEs perform, gated ones included.
std::int64_t performed_macs(const Layer& layer, const Accelerator& accelerator);

}  // namespace weir
