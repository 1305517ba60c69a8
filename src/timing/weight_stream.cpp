#include "timing/weight_stream.h"

#include "mapping/capacity.h"

namespace weir::timing {

WeightStream::WeightStream(const LoopNest& nest, ArrayShapes& shapes, const Layer& layer,
                           const Accelerator& accelerator, WeightSource& source)
    : shapes_(shapes),
      source_(source),
      ahead_(nest),
      planner_(Tensor::weight, layer, shapes.pes(), has_register_file(Tensor::weight, accelerator.pe)) {}

void WeightStream::request_next(Cycle earliest) {
  while (more_) {
    const Extents base = ahead_.tile().base;
    const Delivery& delivery = planner_.next(ahead_.tile(), shapes_.at(ahead_.tile().extents));
    more_ = ahead_.next();
    if (delivery.words.empty()) continue;
    source_.request(static_cast<std::int64_t>(delivery.words.size()), base, earliest);
    return;
  }
}

}  // namespace weir::timing
