#include "systemc/chip.h"

#include <algorithm>
#include <stdexcept>

#include "systemc/clocking.h"

namespace weir::systemc {

Chip::Chip(const sc_core::sc_module_name& name, const Accelerator& accelerator)
    : sc_module(name),
      dram("dram"),
      accelerator_(accelerator),
      period_(clock_period(accelerator.clock_mhz)),
      word_bytes_(bytes_of_word(accelerator.word_bits)) {
  constexpr int kStackBytes = 1 << 20;
  SC_THREAD(control);
  set_stack_size(kStackBytes);
}

stats::LayerStats Chip::run(const evaluate::Job& job, const evaluate::Progress& progress) {
  job_ = &job;
  progress_ = &progress;
  failure_ = nullptr;
  begin_.notify(sc_core::SC_ZERO_TIME);
  sc_core::sc_start();  // until nothing is left to happen
  if (failure_) std::rethrow_exception(failure_);
  if (job_ != nullptr) throw std::logic_error("the chip came to a halt in the middle of a layer");
  return stats_;
}

void Chip::control() {
  for (;;) {
    if (job_ == nullptr) sc_core::wait(begin_);
    try {
      execute();
    } catch (const std::exception&) {
      failure_ = std::current_exception();
    }
    job_ = nullptr;
  }
}

void Chip::execute() {
  start_ = sc_core::sc_time_stamp();
  evaluate::Surroundings around;
  around.progress = *progress_;
  around.memory = this;
  stats_ = evaluate::simulate(*job_, accelerator_, around);
  wait_until(start_ + time_of(stats_.cycles, period_));
}

void Chip::begin_layer(bool hidden) {
  hidden_ = hidden;
  busy_ = words_ = 0;
}

timing::Cycle Chip::transfer(const timing::Transfer& transfer) {
  if (transfer.words == 0) return 0;
  busy_ += accelerator_.dram.transfer_cycles(transfer.words);
  words_ += transfer.words;
  if (hidden_) return 0;
  tlm::tlm_generic_payload request;
  request.set_command(transfer.is_write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  request.set_address(static_cast<sc_dt::uint64>(transfer.address * word_bytes_));
  request.set_data_length(length_of(transfer.words, word_bytes_));
  request.set_streaming_width(request.get_data_length());
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  sc_core::sc_time delay = std::max(start_ + time_of(transfer.earliest, period_), now) - now;
  dram->b_transport(request, delay);
  if (!request.is_response_ok())
    throw std::logic_error("DRAM refuses a request: " + request.get_response_string());
  const sc_core::sc_time moved = sc_core::sc_time_stamp() + delay - start_;
  return static_cast<timing::Cycle>((moved.value() + period_.value() - 1) / period_.value());
}

void Chip::count(const timing::LinkTotals& transfers) {
  busy_ += transfers.busy;
  words_ += transfers.words;
}

}  // namespace weir::systemc
