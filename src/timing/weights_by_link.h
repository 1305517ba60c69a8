#pragma once

#include <deque>

#include "timing/dram_link.h"
#include "timing/weight_stream.h"

namespace weir::timing {

/// Weights by DRAM's link, whose requests come in a fixed order.
class WeightsByLink : public WeightSource {
 public:
  explicit WeightsByLink(DramLink& link) : link_(link) {}
  void request(std::int64_t words, Cycle earliest) override {
    ready_.push_back(link_.transfer(words, earliest));
  }
  Cycle ready() override {
    const Cycle time = ready_.front();
    ready_.pop_front();
    return time;
  }

 private:
  DramLink& link_;
  std::deque<Cycle> ready_;
};

}  // namespace weir::timing
