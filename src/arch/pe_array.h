#pragma once

#include <cstdint>
#include <optional>
#include <systemc>
#include <vector>

#include "accelerator/accelerator.h"
#include "arch/global_buffer.h"
#include "arch/layer_context.h"
#include "arch/multicast_network.h"
#include "arch/processing_element.h"
#include "arch/psum_network.h"
#include "arch/weight_prefetch.h"
#include "mapping/delivery.h"
#include "timing/array.h"

namespace weir::arch {

/// The PEs with the networks that feed them, and the controller that walks the loops at global_buffer, a
/// buffer tile at a time. What happens when inside the array, timing::Array knows, and runs ahead of the
/// kernel; the controller waits for the kernel where DRAM decides. Values go step by step through the
/// modules.
class PeArray : public sc_core::sc_module {
 public:
  sc_core::sc_fifo_in<LayerContext*> layers_in;
  sc_core::sc_fifo_in<Cycle> tiles_in;    ///< the global buffer holds a tile, usable from this time on
  sc_core::sc_fifo_out<Cycle> tiles_out;  ///< a tile is finished, at this time
  sc_core::sc_fifo_out<LayerContext*> layers_out;

  SC_HAS_PROCESS(PeArray);
  PeArray(const sc_core::sc_module_name& name, const Accelerator& accelerator, GlobalBuffer& buffer,
          const sc_core::sc_time& period);

  /// Adds up what PEs and networks did until the end of the layer.
  void end_layer(Cycle end, LayerContext& layer) const { times_.end_layer(end, layer.stats, layer.traffic); }
  /// Weights that came from a hidden DRAM, which nobody asked.
  const timing::LinkTotals& preloads() const { return times_.preloads(); }

  WeightPrefetch prefetch;
  MulticastNetwork ifmap_network;
  MulticastNetwork weight_network;
  PsumNetwork psum_in;
  PsumNetwork psum_out;

 private:
  void control();
  void run_layer(LayerContext& layer);
  void begin_values();
  /// Moves the values of all steps of the buffer's present tile.
  void move_values();
  /// A step by itself; it ends a visit if the next one is at other psums.
  void run_window(const Tile& tile, const ArrayShape& shape, bool ends_visit);
  /// The windows of a run at once, the first one at `tile`.
  void run_windows(const Tile& tile, const ArrayShape& shape, std::int64_t windows);
  void deliver(const Tile& tile, const ArrayShape& shape);
  /// The same for the windows of a run.
  void deliver_run(const Tile& tile, const ArrayShape& shape, std::int64_t windows);
  void compute_run(const Tile& tile, const ArrayShape& shape, std::int64_t windows);
  void compute(const Tile& tile, const ArrayShape& shape);
  /// The psums of a visit: in from the buffer, up the chains, and out again.
  void end_visit(const Tile& tile, const ArrayShape& shape);
  BoxLayout weight_layout() const;
  ProcessingElement& pe(std::int64_t number) { return pes_[static_cast<std::size_t>(number)]; }

  const Accelerator spec_;
  GlobalBuffer& buffer_;
  const sc_core::sc_time period_;
  std::vector<ProcessingElement> pes_;  ///< that the mapping uses; none with data off
  timing::Array times_;

  LayerContext* layer_ = nullptr;
  std::optional<StepWalker> walker_;
  std::optional<DeliveryPlanner> ifmap_planner_;
  std::optional<DeliveryPlanner> weight_planner_;
  std::optional<Tile> visit_tile_;  ///< of the visit's first step
  const ArrayShape* visit_shape_ = nullptr;
  std::vector<std::int16_t*> ifmap_rfs_, weight_rfs_;  ///< the PEs' values, by PE
  std::vector<std::uint32_t> burst_;
  StreamLayout stream_layout_;
};

}  // namespace weir::arch
