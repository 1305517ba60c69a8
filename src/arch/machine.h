#pragma once

#include <systemc>

#include "accelerator/accelerator.h"
#include "arch/dram.h"
#include "arch/global_buffer.h"
#include "arch/layer_context.h"
#include "arch/pe_array.h"

namespace weir::arch {

/// The whole accelerator: DRAM, global buffer and PE array, and the channels between their controllers.
class Machine : public sc_core::sc_module {
 public:
  Machine(const sc_core::sc_module_name& name, const Accelerator& accelerator);

  /// Runs one layer to its end; the results are in `layer`. `zero_macs`: its MACs with a zero ifmap word.
  /// Throws std::logic_error when an invariant is broken.
  void run(LayerContext& layer, std::int64_t zero_macs);

 private:
  const Accelerator spec_;
  const sc_core::sc_time period_;
  Dram dram_;
  GlobalBuffer buffer_;
  PeArray array_;
  sc_core::sc_fifo<LayerContext*> layers_to_buffer_;
  sc_core::sc_fifo<LayerContext*> layers_to_array_;
  sc_core::sc_fifo<LayerContext*> layers_done_;
  sc_core::sc_fifo<Cycle> tiles_ready_;
  sc_core::sc_fifo<Cycle> tiles_done_;
};

}  // namespace weir::arch
