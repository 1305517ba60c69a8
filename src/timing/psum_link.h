#pragma once

#include <algorithm>
#include <cstdint>

#include "stats/layer_stats.h"
#include "timing/cycle.h"

namespace weir::timing {

/// When a network between the PEs' psum ports and the global buffer is in use. It carries a window's psums as
/// one burst, one burst after the other (docs/timing-model.md section 5).
class PsumLink {
 public:
  explicit PsumLink(std::int64_t words_per_cycle) : words_per_cycle_(words_per_cycle) {}

  void reset() { free_at_ = busy_ = 0; }

  /// Sends a burst, not before `earliest`; returns when it began.
  Cycle send(std::int64_t words, Cycle earliest) {
    const Cycle begin = std::max(earliest, free_at_);
    const Cycle length = ceil_div(words, words_per_cycle_);
    free_at_ = begin + length;
    busy_ += length;
    return begin;
  }
  /// The end of the last burst.
  Cycle free_at() const { return free_at_; }

  /// Between its bursts it waits for a port or for psums: blocked.
  stats::LinkCycles link_cycles(Cycle layer_cycles) const {
    return {busy_, free_at_ - busy_, layer_cycles - free_at_};
  }

 private:
  std::int64_t words_per_cycle_;
  Cycle free_at_ = 0;
  std::int64_t busy_ = 0;
};

}  // namespace weir::timing
