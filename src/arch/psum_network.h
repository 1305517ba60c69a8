#pragma once

#include <cstdint>
#include <systemc>

#include "arch/cycle.h"
#include "stats/layer_stats.h"

namespace weir::arch {

/// A network between the PEs' psum ports and the global buffer. It carries a window's psums as one burst, one
/// burst after the other (docs/timing-model.md section 5).
class PsumNetwork : public sc_core::sc_module {
 public:
  PsumNetwork(const sc_core::sc_module_name& name, std::int64_t words_per_cycle)
      : sc_module(name), words_per_cycle_(words_per_cycle) {}

  void begin_layer() { free_at_ = busy_ = words_sent_ = 0; }

  /// Sends a burst, not before `earliest`; returns when it began.
  Cycle send(std::int64_t words, Cycle earliest) {
    const Cycle begin = earliest > free_at_ ? earliest : free_at_;
    const Cycle length = ceil_div(words, words_per_cycle_);
    free_at_ = begin + length;
    busy_ += length;
    words_sent_ += words;
    return begin;
  }
  /// The end of the last burst.
  Cycle free_at() const { return free_at_; }

  std::int64_t words_sent() const { return words_sent_; }
  /// Between its bursts it waits for a port or for psums: blocked.
  stats::LinkCycles link_cycles(Cycle layer_cycles) const {
    return {busy_, free_at_ - busy_, layer_cycles - free_at_};
  }

 private:
  const std::int64_t words_per_cycle_;
  Cycle free_at_ = 0;
  std::int64_t busy_ = 0;
  std::int64_t words_sent_ = 0;
};

}  // namespace weir::arch
