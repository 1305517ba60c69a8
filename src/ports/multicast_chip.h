#pragma once

#include <cstdint>
#include <systemc>

#include "accelerator/accelerator.h"
#include "ports/cycle_clock.h"
#include "ports/dram.h"
#include "ports/global_buffer.h"
#include "ports/links.h"
#include "ports/multicast_network.h"
#include "ports/neighbour_network.h"
#include "ports/processing_element.h"
#include "ports/program.h"
#include "ports/psum_networks.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// A grid of PEs between two multicast networks for operands and two networks for psums,
/// a buffer, and DRAM beside it.
class MulticastChip : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(MulticastChip);

  CycleClock clock;
  Dram dram;
  GlobalBuffer global_buffer;
  MulticastNetwork ifmap_network, weight_network;
  PsumInNetwork psum_in_network;
  PsumOutNetwork psum_out_network;
  NeighbourNetwork neighbour_network;
  sc_core::sc_vector<ProcessingElement> pes;

  MulticastChip(const sc_core::sc_module_name& name, const Accelerator& accelerator);

  /// Executes a layer on these words; the statistics but for verification. Outputs are then in DRAM.
  stats::LayerStats run(Program& program, const LayerData& data);
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  void connect();
  void find_unfinished_step();
  void see_end();

  const Accelerator& accelerator_;
  sc_core::sc_signal<bool> work_, send_;
  sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS> drained_, layer_done_;
  sc_core::sc_vector<sc_core::sc_signal<std::int64_t>> unfinished_steps_;  ///< by PE
  sc_core::sc_signal<std::int64_t> unfinished_step_, unwritten_burst_, unwritten_visit_;
  sc_core::sc_vector<OperandLink> ifmap_links_, weight_links_;
  sc_core::sc_vector<PsumPort> psum_in_ports_, psum_out_ports_;
};

}  // namespace weir::ports
