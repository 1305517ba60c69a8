#pragma once

#include <cstdint>
#include <systemc>

namespace weir::ports {

/// The core clock in two phases that do not overlap, gated: it runs while a layer is executed. When `work`
/// rises, at the beginning of a cycle, PEs end what ended and begin what can begin. When `send` rises, in the
/// middle of the cycle, networks, buffer and DRAM see the outcome, and send. What they send is taken when
/// `work` rises again: a word sent in cycle t can be used from cycle t + 1.
class CycleClock : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(CycleClock);

  sc_core::sc_out<bool> work, send;
  sc_core::sc_in<bool> layer_done;

  CycleClock(const sc_core::sc_module_name& name, const sc_core::sc_time& cycle)
      : sc_module(name), work("work"), send("send"), layer_done("layer_done"), cycle_(cycle) {
    SC_METHOD(tick);
    sensitive << start_;
    dont_initialize();
  }

  void start() {
    cycles_ = 0;
    start_.notify(sc_core::SC_ZERO_TIME);
  }
  /// That have ended.
  std::int64_t cycles() const { return cycles_; }

 private:
  void tick() {
    const bool works = work.read();
    if (works && layer_done.read()) return work.write(false);  // nothing is left to do in this cycle
    if (send.read()) ++cycles_;
    work.write(!works);
    send.write(works);
    next_trigger(cycle_ / 2);
  }

  sc_core::sc_time cycle_;
  sc_core::sc_event start_;
  std::int64_t cycles_ = 0;
};

}  // namespace weir::ports
