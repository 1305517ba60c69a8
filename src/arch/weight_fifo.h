#pragma once

#include <cstdint>
#include <systemc>

#include "arch/dram.h"
#include "timing/systolic_array.h"

namespace weir::arch {

/// The FIFO through which stationary weights come from DRAM, fold by fold, ahead of the array
/// (docs/timing-model.md section 12).
class WeightFifo : public sc_core::sc_module, public timing::WeightSource {
 public:
  sc_core::sc_port<DramInterface> dram;

  explicit WeightFifo(const sc_core::sc_module_name& name)
      : sc_module(name), answers_("answers", static_cast<int>(timing::SystolicArray::kMostFoldsAhead)) {}

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
