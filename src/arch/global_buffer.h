#pragma once

#include <cstdint>
#include <systemc>

#include "accelerator/accelerator.h"
#include "arch/dram.h"
#include "arch/layer_context.h"
#include "arch/tile_store.h"
#include "timing/buffer_tiles.h"

namespace weir::arch {

/// The on-chip buffer that holds a tile of the ifmap and of the psums, and of the weights when the mapping
/// keeps them here. Its controller walks the loops at dram: it loads a tile, lets the array work on it, and
/// writes back the psums that leave (docs/timing-model.md section 7).
class GlobalBuffer : public sc_core::sc_module {
 public:
  sc_core::sc_port<DramInterface> dram;
  sc_core::sc_fifo_in<LayerContext*> layers_in;
  sc_core::sc_fifo_out<Cycle> tiles_out;  ///< to the array: a tile is here, usable from this time on
  sc_core::sc_fifo_in<Cycle> tiles_in;    ///< from the array: it has finished the tile, at this time

  SC_HAS_PROCESS(GlobalBuffer);
  GlobalBuffer(const sc_core::sc_module_name& name, const GlobalBufferSpec& spec);

  /// Values of the present tile; none with data off.
  const TileStore<std::int16_t>& ifmap() const { return ifmap_; }
  const TileStore<std::int16_t>& weights() const { return weights_; }
  TileStore<std::uint32_t>& psums() { return psums_; }

  /// When everything is back in DRAM.
  Cycle drained_at() const { return drained_at_; }

 private:
  void control();
  void run_layer(LayerContext& layer);
  void reserve();
  /// Moves words between DRAM and here, not before `earliest`; returns when that is done, 0 when nobody has
  /// to wait.
  Cycle transfer(std::int64_t words, Cycle earliest);
  /// The values that come and go before the tile that `tiles` is at.
  void move_values(const timing::BufferTiles& tiles);
  /// Brings in what `next` needs of a tensor and `last`, if there was one, did not have.
  void load(Tensor tensor, const Tile* last, const Tile& next);
  void load_psums(const Tile& tile, bool from_dram);
  void drain_psums(const Tile& tile);

  const GlobalBufferSpec spec_;
  LayerContext* layer_ = nullptr;
  sc_core::sc_fifo<Cycle> answers_;
  TileStore<std::int16_t> ifmap_;
  TileStore<std::int16_t> weights_;
  TileStore<std::uint32_t> psums_;
  Cycle drained_at_ = 0;
};

}  // namespace weir::arch
