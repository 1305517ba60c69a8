#pragma once

#include <deque>

#include "timing/dram_layout.h"
#include "timing/memory.h"
#include "timing/weight_stream.h"

namespace weir::timing {

/// Weights straight from DRAM, whose requests come in a fixed order.
class WeightsByLink : public WeightSource {
 public:
  WeightsByLink(Memory& memory, const DramLayout& layout) : memory_(memory), layout_(layout) {}
  void request(std::int64_t words, const Extents& base, Cycle earliest) override {
    ready_.push_back(memory_.transfer({words, earliest, false, layout_.address(Tensor::weight, base)}));
  }
  Cycle ready() override {
    const Cycle time = ready_.front();
    ready_.pop_front();
    return time;
  }

 private:
  Memory& memory_;
  const DramLayout& layout_;
  std::deque<Cycle> ready_;
};

}  // namespace weir::timing
