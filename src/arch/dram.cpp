#include "arch/dram.h"

#include "arch/clocking.h"

namespace weir::arch {

Dram::Dram(const sc_core::sc_module_name& name, const DramSpec& spec, const sc_core::sc_time& period)
    : sc_module(name), period_(period), queue_("queue", 2), link_(spec) {
  SC_THREAD(serve);
}

void Dram::begin_layer(bool hidden, const sc_core::sc_time& start) {
  start_ = start;
  link_.begin_layer(hidden);
}

void Dram::serve() {
  for (;;) {
    const Transfer transfer = queue_.read();
    const Cycle moved = link_.transfer(transfer.words, transfer.earliest);
    wait_until(start_ + static_cast<double>(moved) * period_);
    transfer.answer->write(moved);
  }
}

}  // namespace weir::arch
