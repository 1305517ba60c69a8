#include "systemc/dram.h"

#include "systemc/clocking.h"

namespace weir::systemc {

Dram::Dram(const sc_core::sc_module_name& name, const Accelerator& accelerator)
    : sc_module(name),
      socket("socket"),
      period_(clock_period(accelerator.clock_mhz)),
      word_bytes_(bytes_of_word(accelerator.word_bits)),
      link_(accelerator.dram) {
  socket.register_b_transport(this, &Dram::transport);
  link_.begin_layer(false);
}

void Dram::transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay) {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  const std::int64_t words = request.get_data_length() / word_bytes_;
  const timing::Cycle moved =
      link_.transfer({words, cycles_in(now + delay, period_), request.is_write(),
                      static_cast<std::int64_t>(request.get_address()) / word_bytes_});
  delay = time_of(moved, period_) - now;
  request.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace weir::systemc
