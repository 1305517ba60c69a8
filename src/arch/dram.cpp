#include "arch/dram.h"

#include <algorithm>

#include "arch/clocking.h"

namespace weir::arch {

Dram::Dram(const sc_core::sc_module_name& name, const DramSpec& spec, const sc_core::sc_time& period)
    : sc_module(name), spec_(spec), period_(period), queue_("queue", 2) {
  SC_THREAD(serve);
}

void Dram::begin_layer(bool hidden, const sc_core::sc_time& start) {
  hidden_ = hidden;
  start_ = start;
  free_at_ = busy_ = transferred_ = 0;
}

void Dram::serve() {
  for (;;) {
    const Transfer transfer = queue_.read();
    const Cycle length = spec_.transfer_cycles(transfer.words);
    busy_ += length;
    transferred_ += transfer.words;
    if (hidden_) {
      transfer.answer->write(0);
      continue;
    }
    free_at_ = std::max(free_at_, transfer.earliest) + length + spec_.latency_cycles;
    wait_until(start_ + static_cast<double>(free_at_) * period_);
    transfer.answer->write(free_at_);
  }
}

}  // namespace weir::arch
