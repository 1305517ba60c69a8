#pragma once

#include <cstdint>
#include <systemc>

#include "accelerator/accelerator.h"
#include "arch/cycle.h"
#include "timing/dram_link.h"

namespace weir::arch {

/// A request to move words over the link; the answer is the time when the last has moved.
struct Transfer {
  std::int64_t words = 0;
  Cycle earliest = 0;
  sc_core::sc_fifo<Cycle>* answer = nullptr;
  friend std::ostream& operator<<(std::ostream& out, const Transfer& t) { return out << t.words << " words"; }
};

/// What the chip sees of DRAM.
class DramInterface : public virtual sc_core::sc_interface {
 public:
  /// Queues a transfer; blocks the calling thread while the queue is full.
  virtual void request(const Transfer& transfer) = 0;
};

/// DRAM behind a link that serves one transfer at a time, in the order of the requests (docs/timing-model.md
/// section 7).
class Dram : public sc_core::sc_module, public DramInterface {
 public:
  SC_HAS_PROCESS(Dram);
  Dram(const sc_core::sc_module_name& name, const DramSpec& spec, const sc_core::sc_time& period);

  /// With `hidden`, transfers are counted and answered at once.
  void begin_layer(bool hidden, const sc_core::sc_time& start);
  void request(const Transfer& transfer) override { queue_.write(transfer); }
  /// Adds transfers that nobody waited for.
  void count(const timing::LinkTotals& transfers) { link_.count(transfers); }
  std::int64_t busy() const { return link_.busy(); }
  std::int64_t words() const { return link_.words(); }

 private:
  void serve();

  const sc_core::sc_time period_;
  sc_core::sc_fifo<Transfer> queue_;
  sc_core::sc_time start_;
  timing::DramLink link_;
};

}  // namespace weir::arch
