#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <systemc>
#include <tlm>

#include "accelerator/accelerator.h"
#include "timing/dram_link.h"

namespace weir::systemc {

/// DRAM behind a link that serves one transfer at a time, in the order of the requests (docs/timing-model.md
/// section 7), as a TLM-2.0 target: blocking transport, loosely timed.
class Dram : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Dram> socket;

  Dram(const sc_core::sc_module_name& name, const Accelerator& accelerator);

 private:
  /// `delay`: when the request is made, and when the last of its words has moved, both from now on.
  void transport(tlm::tlm_generic_payload& request, sc_core::sc_time& delay);

  const sc_core::sc_time period_;
  const std::int64_t word_bytes_;
  timing::DramLink link_;
};

}  // namespace weir::systemc
