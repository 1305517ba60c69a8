#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "reference/processing_element.h"
#include "reference/schedule.h"

namespace weir::reference {

// The ifmap or the weight network: it sends its deliveries in order, each when all its receivers have room
// (section 2).
class OperandNetwork {
 public:
  using Value = std::function<std::int16_t(const Word&)>;
  using MaySend = std::function<bool(std::int64_t step)>;

  // Store: which of a PE's stores the network fills. may_send: barrier and DRAM let words of that step pass.
  OperandNetwork(std::int64_t words_per_cycle, std::vector<Delivery> deliveries, Value value,
                 OperandStore ProcessingElement::*store, std::vector<ProcessingElement>& pes,
                 MaySend may_send);

  void decide();
  void advance();
  bool working() const { return sending_ > 0; }
  bool finished() const { return sent_ == deliveries_.size(); }
  // After decide(): the last word of a step is sent in this cycle.
  bool completes_step() const;

  std::int64_t words() const { return words_; }
  std::int64_t hops() const { return hops_; }
  std::int64_t busy_cycles() const { return busy_cycles_; }

 private:
  bool all_have_room(const Delivery& delivery) const;

  std::int64_t words_per_cycle_;
  std::vector<Delivery> deliveries_;
  Value value_;
  OperandStore ProcessingElement::*store_;
  std::vector<ProcessingElement>& pes_;
  MaySend may_send_;
  std::size_t sent_ = 0;      // deliveries sent before this cycle
  std::int64_t sending_ = 0;  // deliveries sent in this cycle
  std::int64_t words_ = 0, hops_ = 0, busy_cycles_ = 0;
};

}  // namespace weir::reference
