#pragma once

#include <cstdint>
#include <systemc>

#include "accelerator/accelerator.h"
#include "ports/cycle_clock.h"
#include "ports/dram.h"
#include "ports/flow.h"
#include "ports/fold_controller.h"
#include "ports/global_buffer.h"
#include "ports/program.h"
#include "ports/systolic_element.h"
#include "ports/systolic_networks.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// A grid of PEs that pass words to their neighbours, fed at its edges, a buffer, and DRAM
/// beside it.
class SystolicChip : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(SystolicChip);

  CycleClock clock;
  Dram dram;
  GlobalBuffer global_buffer;
  FoldController controller;
  EdgeFeeder ifmap_feeder, weight_feeder;
  BottomFeeder psum_feeder;
  BottomCollector psum_collector;
  sc_core::sc_vector<SystolicElement> pes;

  SystolicChip(const sc_core::sc_module_name& name, const Accelerator& accelerator);

  /// Executes a layer that is lowered, as are its words; the statistics but for verification. Outputs are
  /// then in DRAM.
  stats::LayerStats run(Program& program, const LayerData& data);
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  void connect();
  void connect_pe(std::size_t row, std::size_t column);
  void see_step();
  void see_end();

  const Accelerator& accelerator_;
  std::size_t rows_, columns_;
  sc_core::sc_signal<bool> work_, send_, step_done_, drain_;
  sc_core::sc_signal<bool> ifmap_done_, weight_done_, psum_in_done_, psum_out_done_;
  sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS> drained_, layer_done_;
  sc_core::sc_signal<std::int64_t> step_, unfinished_step_, unfinished_visit_;
  // Registers: those of column c stand on the left of PEs of column c, those of row r above PEs of row r.
  sc_core::sc_vector<FlowRegister> across_, down_, psums_down_, psums_in_;
  sc_core::sc_vector<sc_core::sc_signal<bool>> drains_;
};

}  // namespace weir::ports
