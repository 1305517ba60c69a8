#pragma once

#include <systemc>

#include "accelerator/accelerator.h"
#include "arch/dram.h"
#include "arch/global_buffer.h"
#include "arch/layer_context.h"
#include "arch/systolic_array.h"

namespace weir::arch {

/// An accelerator whose array is systolic: DRAM, global buffer and array. It runs matrix products
/// (workload/lowering.h).
class SystolicMachine : public sc_core::sc_module {
 public:
  SystolicMachine(const sc_core::sc_module_name& name, const Accelerator& accelerator);

  /// Runs a lowered layer to its end; the results are in `layer`. `zero_macs`: its MACs with a zero ifmap
  /// word. Throws std::logic_error when an invariant is broken.
  void run(LayerContext& layer, std::int64_t zero_macs);

 private:
  const Accelerator spec_;
  const sc_core::sc_time period_;
  Dram dram_;
  GlobalBuffer buffer_;
  SystolicArray array_;
  sc_core::sc_fifo<LayerContext*> layers_to_buffer_;
  sc_core::sc_fifo<LayerContext*> layers_to_array_;
  sc_core::sc_fifo<LayerContext*> layers_done_;
  sc_core::sc_fifo<Cycle> tiles_ready_;
  sc_core::sc_fifo<Cycle> tiles_done_;
};

}  // namespace weir::arch
