#pragma once

#include <cstdint>
#include <optional>
#include <systemc>

#include "accelerator/accelerator.h"
#include "arch/global_buffer.h"
#include "arch/layer_context.h"
#include "arch/systolic_datapath.h"
#include "arch/weight_fifo.h"
#include "mapping/systolic.h"
#include "timing/systolic_timeline.h"

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

  /// Accounts for what PEs and links did until the end of the layer.
  void account_until(Cycle end);

  WeightFifo weight_fifo;

 private:
  void control();
  void begin_layer(LayerContext& layer);
  void run_folds();
  void run_fold(const Tile& tile);
  void count(const Tile& tile, bool reads_psums);

  const Accelerator spec_;
  const sc_core::sc_time period_;
  SystolicDatapath datapath_;

  LayerContext* layer_ = nullptr;
  SystolicRoles roles_{};
  std::optional<timing::SystolicTimeline> timeline_;
  Cycle tile_ready_ = 0;
};

}  // namespace weir::arch
