#include "arch/weight_fifo.h"

#include <algorithm>

#include "mapping/footprint.h"

namespace weir::arch {

WeightFifo::WeightFifo(const sc_core::sc_module_name& name, std::int64_t words)
    : sc_module(name), words_(words), answers_("answers", static_cast<int>(kMostFolds)) {}

void WeightFifo::begin_layer(const LayerContext& layer) {
  layer_ = &layer;
  ahead_.emplace(layer.nest);
  more_ = true;
  const std::int64_t fold = footprint_words(Tensor::weight, layer.nest.tile(Level::pe_rows), layer.job.layer);
  for (std::int64_t i = std::clamp<std::int64_t>(words_ / fold, 1, kMostFolds); i > 0; --i) request(0);
}

Cycle WeightFifo::ready() {
  Cycle time = 0;
  answers_.read(time);
  return time;
}

void WeightFifo::sent(Cycle time) { request(time); }

void WeightFifo::request(Cycle earliest) {
  if (!more_) return;
  const Extents& extents = ahead_->tile().extents;
  dram->request({extents[Dimension::C] * extents[Dimension::M], earliest, &answers_});
  more_ = ahead_->next();
}

}  // namespace weir::arch
