#pragma once

#include <cstdint>
#include <optional>
#include <systemc>
#include <vector>

#include "ports/buffer_port.h"
#include "ports/links.h"
#include "ports/program.h"
#include "ports/sequencer.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// A network that brings words of the ifmap, or weights, from the buffer to PEs: each word once a step, in
/// one cycle to all PEs for which it is new, and in a fixed order.
class MulticastNetwork : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(MulticastNetwork);

  sc_core::sc_in<bool> send{"send"};
  sc_core::sc_port<OperandReader> buffer_in{"buffer_in"};
  sc_core::sc_port<WordWriter, 0> pes_out{"pes_out"};  ///< by the PE's number
  // For the weights' barrier: what PEs have finished, and the buffer has got.
  sc_core::sc_in<std::int64_t> array_unfinished_step{"array_unfinished_step"};
  sc_core::sc_in<std::int64_t> unwritten_visit{"unwritten_visit"};

  MulticastNetwork(const sc_core::sc_module_name& name, Tensor tensor, std::int64_t words_per_cycle);

  void begin_layer(const Program& program);
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  struct Parcel {
    Address address;
    std::vector<std::int64_t> receivers;
  };

  void run_cycle();
  void plan_steps();
  void plan_step();
  bool may_send() const;
  bool barrier_is_open() const;
  void send_word();

  Tensor tensor_;
  std::int64_t words_per_cycle_;
  const Program* program_ = nullptr;
  std::optional<Sequencer> sequencer_;      ///< behind the present step
  Step step_;                               ///< whose words are sent
  std::vector<Parcel> parcels_;             ///< of the step, in their order
  std::size_t parcel_ = 0;                  ///< the next to be sent
  std::vector<std::vector<Address>> held_;  ///< by PE: its tile of the last step in which it was active
  bool is_busy_ = false;
  std::int64_t sent_ = 0, received_ = 0;
  stats::LinkCycles cycles_;
};

}  // namespace weir::ports
