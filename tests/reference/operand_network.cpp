#include "reference/operand_network.h"

#include <utility>

namespace weir::reference {

OperandNetwork::OperandNetwork(std::int64_t words_per_cycle, std::vector<Delivery> deliveries, Value value,
                               OperandStore ProcessingElement::*store, std::vector<ProcessingElement>& pes,
                               MaySend may_send)
    : words_per_cycle_(words_per_cycle),
      deliveries_(std::move(deliveries)),
      value_(std::move(value)),
      store_(store),
      pes_(pes),
      may_send_(std::move(may_send)) {}

bool OperandNetwork::all_have_room(const Delivery& delivery) const {
  for (const std::int64_t pe : delivery.receivers) {
    if (!(pes_[static_cast<std::size_t>(pe)].*store_).has_room()) return false;
  }
  return true;
}

void OperandNetwork::decide() {
  sending_ = 0;
  while (sending_ < words_per_cycle_ && sent_ + static_cast<std::size_t>(sending_) < deliveries_.size()) {
    const Delivery& delivery = deliveries_[sent_ + static_cast<std::size_t>(sending_)];
    if (!may_send_(delivery.step) || !all_have_room(delivery)) return;
    for (const std::int64_t pe : delivery.receivers) (pes_[static_cast<std::size_t>(pe)].*store_).reserve();
    ++sending_;
  }
}

bool OperandNetwork::completes_step() const {
  const std::size_t next = sent_ + static_cast<std::size_t>(sending_);
  if (sending_ == 0) return false;
  return next == deliveries_.size() || deliveries_[next].step != deliveries_[next - 1].step;
}

void OperandNetwork::advance() {
  if (sending_ > 0) ++busy_cycles_;
  for (; sending_ > 0; --sending_) {
    const Delivery& delivery = deliveries_[sent_++];
    ++words_;
    for (const std::int64_t pe : delivery.receivers) {
      OperandStore& store = pes_[static_cast<std::size_t>(pe)].*store_;
      store.accept(delivery.step, delivery.word, value_(delivery.word));
      ++hops_;
    }
  }
}

}  // namespace weir::reference
