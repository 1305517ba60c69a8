#pragma once

#include <algorithm>
#include <cstdint>

#include "accelerator/accelerator.h"
#include "timing/cycle.h"
#include "timing/memory.h"

namespace weir::timing {

/// When the link to DRAM moves what: one transfer at a time, in the order of the requests
/// (docs/timing-model.md section 7).
class DramLink final : public Memory {
 public:
  explicit DramLink(const DramSpec& spec) : spec_(spec) {}

  void begin_layer(bool hidden) override {
    hidden_ = hidden;
    free_at_ = busy_ = words_ = 0;
  }
  Cycle transfer(const Transfer& transfer) override {
    if (transfer.words == 0) return 0;
    const Cycle length = spec_.transfer_cycles(transfer.words);
    busy_ += length;
    words_ += transfer.words;
    if (hidden_) return 0;
    free_at_ = std::max(free_at_, transfer.earliest) + length + spec_.latency_cycles;
    return free_at_;
  }
  void count(const LinkTotals& transfers) override {
    busy_ += transfers.busy;
    words_ += transfers.words;
  }
  std::int64_t busy() const override { return busy_; }
  std::int64_t words() const override { return words_; }

 private:
  DramSpec spec_;
  bool hidden_ = true;
  Cycle free_at_ = 0;
  std::int64_t busy_ = 0;
  std::int64_t words_ = 0;
};

}  // namespace weir::timing
