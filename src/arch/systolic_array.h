#pragma once

#include <cstdint>
#include <optional>
#include <systemc>

#include "accelerator/accelerator.h"
#include "arch/global_buffer.h"
#include "arch/layer_context.h"
#include "arch/systolic_datapath.h"
#include "arch/weight_fifo.h"
#include "timing/systolic_array.h"

namespace weir::arch {

/// A systolic array and the controller that walks the loops at global_buffer, an iteration a fold. Operands
/// enter at the edges and hop from PE to PE, and nothing in the array depends on who asks first, so that a
/// fold is one event; the controller waits for the kernel where DRAM decides.
class SystolicArray : public sc_core::sc_module {
 public:
  sc_core::sc_fifo_in<LayerContext*> layers_in;
  sc_core::sc_fifo_in<Cycle> tiles_in;    ///< the global buffer holds a tile, usable from this time on
  sc_core::sc_fifo_out<Cycle> tiles_out;  ///< a tile is finished, at this time
  sc_core::sc_fifo_out<LayerContext*> layers_out;

  SC_HAS_PROCESS(SystolicArray);
  SystolicArray(const sc_core::sc_module_name& name, const Accelerator& accelerator, GlobalBuffer& buffer,
                const sc_core::sc_time& period);

  /// Adds up what PEs and links did until the end of the layer.
  void end_layer(Cycle end, LayerContext& layer) { times_.end_layer(end, layer.stats, layer.traffic); }
  const SystolicRoles& roles() const { return times_.roles(); }

  WeightFifo weight_fifo;

 private:
  void control();
  void run_layer(LayerContext& layer);
  void move_values(LayerContext& layer);

  const sc_core::sc_time period_;
  timing::SystolicArray times_;
  SystolicDatapath datapath_;
  std::optional<StepWalker> walker_;  ///< at the next fold whose values move
};

}  // namespace weir::arch
