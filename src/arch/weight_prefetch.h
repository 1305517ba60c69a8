#pragma once

#include <cstdint>
#include <systemc>

#include "arch/dram.h"
#include "timing/weight_stream.h"

namespace weir::arch {

/// The banks that hold the next pass's weights, on their way from DRAM to the PEs: timing::WeightStream asks
/// for them as soon as the weights before have left (docs/timing-model.md section 7).
class WeightPrefetch : public sc_core::sc_module, public timing::WeightSource {
 public:
  sc_core::sc_port<DramInterface> dram;

  explicit WeightPrefetch(const sc_core::sc_module_name& name) : sc_module(name), answers_("answers", 1) {}

  /// Both are to be called from one and the same thread.
  void request(std::int64_t words, Cycle earliest) override { dram->request({words, earliest, &answers_}); }
  Cycle ready() override {
    Cycle time = 0;
    answers_.read(time);
    return time;
  }

 private:
  sc_core::sc_fifo<Cycle> answers_;
};

}  // namespace weir::arch
