#pragma once

#include <algorithm>
#include <cstdint>

#include "accelerator/accelerator.h"
#include "timing/cycle.h"
#include "timing/totals.h"

namespace weir::timing {

/// When the link to DRAM moves what: one transfer at a time, in the order of the requests
/// (docs/timing-model.md section 7).
class DramLink {
 public:
  explicit DramLink(const DramSpec& spec) : spec_(spec) {}

  /// With `hidden`, transfers are counted and take no time.
  void begin_layer(bool hidden) {
    hidden_ = hidden;
    free_at_ = busy_ = words_ = 0;
  }
  /// Moves words, not before `earliest`; returns when the last has moved, 0 when nobody has to wait.
  Cycle transfer(std::int64_t words, Cycle earliest) {
    if (words == 0) return 0;
    const Cycle length = spec_.transfer_cycles(words);
    busy_ += length;
    words_ += words;
    if (hidden_) return 0;
    free_at_ = std::max(free_at_, earliest) + length + spec_.latency_cycles;
    return free_at_;
  }
  /// Adds transfers that nobody waits for.
  void count(const LinkTotals& transfers) {
    busy_ += transfers.busy;
    words_ += transfers.words;
  }
  std::int64_t busy() const { return busy_; }
  std::int64_t words() const { return words_; }

 private:
  DramSpec spec_;
  bool hidden_ = true;
  Cycle free_at_ = 0;
  std::int64_t busy_ = 0;
  std::int64_t words_ = 0;
};

}  // namespace weir::timing
