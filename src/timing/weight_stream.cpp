#include "timing/weight_stream.h"

namespace weir::timing {

WeightStream::WeightStream(const LoopNest& nest, ArrayShapes& shapes, const Layer& layer, std::int64_t pes,
                           WeightSource* source)
    : shapes_(shapes), source_(source), ahead_(nest), planner_(Tensor::weight, layer, pes) {}

const Delivery* WeightStream::delivery_of(std::int64_t step) {
  if (coming_.empty() || coming_.front().step != step) return nullptr;
  const Delivery* delivery = coming_.front().delivery;
  coming_.pop_front();
  return delivery;
}

void WeightStream::look_ahead(Cycle earliest) {
  while (more_) {
    const ArrayShape& shape = shapes_.at(ahead_.tile().extents);
    const Delivery& delivery = planner_.next(ahead_.tile(), shape);
    const std::int64_t step = ahead_.number();
    more_ = ahead_.next();
    if (delivery.words.empty() && delivery.releases.empty()) continue;
    coming_.push_back({step, &delivery});
    if (delivery.words.empty()) continue;
    if (source_ != nullptr) source_->request(static_cast<std::int64_t>(delivery.words.size()), earliest);
    return;
  }
}

}  // namespace weir::timing
