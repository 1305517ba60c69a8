#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <exception>
#include <systemc>
#include <tlm>

#include "accelerator/accelerator.h"
#include "evaluate/evaluate.h"
#include "timing/memory.h"

namespace weir::systemc {

/// The accelerator's chip, whose one process executes a layer at a time. Inside, nothing contends for
/// anything out of a fixed order, so that it runs ahead of the kernel, whose time it lets pass when a layer
/// is done; what its DRAM does, which stands behind a TLM-2.0 socket and may be anybody's, it asks.
class Chip : public sc_core::sc_module, private timing::Memory {
 public:
  /// Requests have the address and the length in bytes of what moves, and no data: values travel by
  /// themselves. Blocking transport with the time of the request, and of its end, as an offset from the
  /// kernel's time.
  tlm_utils::simple_initiator_socket<Chip> dram;

  SC_HAS_PROCESS(Chip);
  Chip(const sc_core::sc_module_name& name, const Accelerator& accelerator);

  /// Runs one layer to its end. Throws what evaluate::simulate() throws, and std::logic_error when DRAM
  /// refuses a request or the kernel comes to a halt.
  stats::LayerStats run(const evaluate::Job& job, const evaluate::Progress& progress);

 private:
  void control();
  void execute();

  void begin_layer(bool hidden) override;
  timing::Cycle transfer(const timing::Transfer& transfer) override;
  void count(const timing::LinkTotals& transfers) override;
  std::int64_t busy() const override { return busy_; }
  std::int64_t words() const override { return words_; }

  const Accelerator accelerator_;
  const sc_core::sc_time period_;
  const std::int64_t word_bytes_;
  sc_core::sc_event begin_;
  sc_core::sc_time start_;  ///< of the layer

  const evaluate::Job* job_ = nullptr;
  const evaluate::Progress* progress_ = nullptr;
  stats::LayerStats stats_;
  std::exception_ptr failure_;
  bool hidden_ = true;
  std::int64_t busy_ = 0;
  std::int64_t words_ = 0;
};

}  // namespace weir::systemc
