#pragma once

#include <algorithm>
#include <cstdint>

#include "stats/layer_stats.h"
#include "timing/cycle.h"
#include "timing/totals.h"

namespace weir::timing {

/// When a network between the PEs' psum ports and the global buffer is in use. It carries a window's psums as
/// one burst, one burst after the other (docs/timing-model.md section 5).
class PsumLink {
 public:
  explicit PsumLink(std::int64_t words_per_cycle) : words_per_cycle_(words_per_cycle) {}

  void reset() {
    free_at = 0;
    totals = {};
  }

  /// Sends a burst, not before `earliest`; returns when it began.
  Cycle send(std::int64_t words, Cycle earliest) {
    const Cycle begin = std::max(earliest, free_at);
    const Cycle length = ceil_div(words, words_per_cycle_);
    free_at = begin + length;
    totals.busy += length;
    totals.words += words;
    return begin;
  }

  /// Between its bursts it waits for a port or for psums: blocked.
  stats::LinkCycles link_cycles(Cycle layer_cycles) const {
    return {totals.busy, free_at - totals.busy, layer_cycles - free_at};
  }

  Cycle free_at = 0;  ///< the end of the last burst
  LinkTotals totals;

 private:
  std::int64_t words_per_cycle_;
};

}  // namespace weir::timing
