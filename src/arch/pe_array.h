#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "accelerator/accelerator.h"
#include "arch/global_buffer.h"
#include "arch/layer_context.h"
#include "arch/multicast_network.h"
#include "arch/processing_element.h"
#include "arch/psum_network.h"
#include "arch/psum_path.h"
#include "arch/weight_prefetch.h"
#include "arch/word_routes.h"

namespace weir::arch {

/// The PEs with the networks that feed them, and the controller that walks the loops at global_buffer. PEs,
/// ports and networks never contend for anything out of a fixed order, so the controller computes their times
/// a step at once and runs ahead of the kernel; it waits for the kernel where DRAM decides.
class PeArray : public sc_core::sc_module {
 public:
  sc_core::sc_fifo_in<LayerContext*> layers_in;
  sc_core::sc_fifo_in<Cycle> tiles_in;    ///< the global buffer holds a tile, usable from this time on
  sc_core::sc_fifo_out<Cycle> tiles_out;  ///< a tile is finished, at this time
  sc_core::sc_fifo_out<LayerContext*> layers_out;

  SC_HAS_PROCESS(PeArray);
  PeArray(const sc_core::sc_module_name& name, const Accelerator& accelerator, GlobalBuffer& buffer,
          const sc_core::sc_time& period);

  /// Accounts for what the PEs did between their last work and the end of the layer.
  void account_until(Cycle end);

  WeightPrefetch prefetch;
  MulticastNetwork ifmap_network;
  MulticastNetwork weight_network;
  PsumNetwork psum_in;
  PsumNetwork psum_out;

 private:
  void control();
  void begin_layer(LayerContext& layer);
  void run_steps();
  void run_step(const StepWalker& step);
  void deliver_ifmap(const Tile& tile, const ArrayShape& shape);
  void deliver_weights(std::int64_t step, const Tile& tile);
  void run_windows(std::int64_t step, const Tile& tile, const ArrayShape& shape);
  void release(MulticastNetwork& network, const Delivery& delivery);
  /// The time when the PEs that were active in the last step had finished it.
  Cycle last_step_done() const;
  Cycle array_done() const;
  Cycle weight_barrier() const;
  BoxLayout weight_layout() const;
  void end_layer();
  ProcessingElement& pe(std::int64_t number) const { return *pes_[static_cast<std::size_t>(number)]; }

  const Accelerator spec_;
  GlobalBuffer& buffer_;
  const sc_core::sc_time period_;
  std::vector<std::unique_ptr<ProcessingElement>> pes_;
  PsumPath psum_path_;

  LayerContext* layer_ = nullptr;
  sc_core::sc_time start_;
  std::optional<DeliveryPlanner> ifmap_planner_;
  std::optional<WordRoutes> ifmap_routes_;
  std::optional<WordRoutes> weight_routes_;
  const ArrayShape* last_shape_ = nullptr;  ///< of the last step
  std::int64_t last_step_ = -1;
  std::optional<Tile> visit_tile_;  ///< of the visit's first step
  const ArrayShape* visit_shape_ = nullptr;
  Cycle visit_gate_ = 0;
  Cycle tile_ready_ = 0;
};

}  // namespace weir::arch
