#include "arch/weight_prefetch.h"

namespace weir::arch {

WeightPrefetch::WeightPrefetch(const sc_core::sc_module_name& name, std::int64_t pes)
    : sc_module(name), pes_(pes), answers_("answers", 1) {}

void WeightPrefetch::begin_layer(LayerContext& layer) {
  layer_ = &layer;
  ahead_.emplace(layer.nest);
  planner_.emplace(Tensor::weight, layer.job.layer, pes_);
  more_ = true;
  coming_.clear();
  look_ahead(0);
}

const Delivery* WeightPrefetch::delivery_of(std::int64_t step) {
  if (coming_.empty() || coming_.front().step != step) return nullptr;
  const Delivery* delivery = coming_.front().delivery;
  coming_.pop_front();
  return delivery;
}

Cycle WeightPrefetch::ready() {
  Cycle time = 0;
  if (!layer_->job.mapping.weights_in_global_buffer) answers_.read(time);
  return time;
}

void WeightPrefetch::sent(Cycle time) { look_ahead(time); }

void WeightPrefetch::look_ahead(Cycle earliest) {
  while (more_) {
    const ArrayShape& shape = layer_->shapes.at(ahead_->tile().extents);
    const Delivery& delivery = planner_->next(ahead_->tile(), shape);
    const std::int64_t step = ahead_->number();
    more_ = ahead_->next();
    if (delivery.words.empty() && delivery.releases.empty()) continue;
    coming_.push_back({step, &delivery});
    if (delivery.words.empty()) continue;
    if (!layer_->job.mapping.weights_in_global_buffer) {
      dram->request({static_cast<std::int64_t>(delivery.words.size()), earliest, &answers_});
    }
    return;
  }
}

}  // namespace weir::arch
