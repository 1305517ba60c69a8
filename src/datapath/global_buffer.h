#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "datapath/layer_values.h"
#include "datapath/tile_store.h"
#include "timing/buffer_tiles.h"

namespace weir::datapath {

/// The values of the on-chip buffer, which holds a tile of the ifmap and of the psums, and of the weights
/// when the mapping keeps them here (docs/timing-model.md section 7).
class GlobalBuffer {
 public:
  /// Both must outlive this.
  GlobalBuffer(LayerValues& layer, const GlobalBufferSpec& spec);

  const TileStore<std::int16_t>& ifmap() const { return ifmap_; }
  const TileStore<std::int16_t>& weights() const { return weights_; }
  TileStore<std::uint32_t>& psums() { return psums_; }

  /// The values that come and go before the tile that `tiles` is at.
  void go_to(const timing::BufferTiles& tiles);
  /// A tile's psums leave.
  void drain_psums(const Tile& tile);

 private:
  /// Brings in what `next` needs of a tensor and `last`, if there was one, did not have.
  void load(Tensor tensor, const Tile* last, const Tile& next);
  void load_psums(const Tile& tile, bool from_dram);

  LayerValues& layer_;
  const GlobalBufferSpec& spec_;
  TileStore<std::int16_t> ifmap_;
  TileStore<std::int16_t> weights_;
  TileStore<std::uint32_t> psums_;
};

}  // namespace weir::datapath
