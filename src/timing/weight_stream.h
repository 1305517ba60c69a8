#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "mapping/array_shape.h"
#include "mapping/delivery.h"
#include "mapping/nest.h"
#include "timing/cycle.h"

namespace weir::timing {

/// Brings weights from DRAM into the prefetch banks, one delivery at a time.
class WeightSource {
 public:
  virtual ~WeightSource() = default;
  /// Asks for the words of the next delivery, not before `earliest`.
  virtual void request(std::int64_t words, Cycle earliest) = 0;
  /// From when on the words last asked for are in the banks.
  virtual Cycle ready() = 0;

 protected:
  WeightSource() = default;
  WeightSource(const WeightSource&) = default;
  WeightSource& operator=(const WeightSource&) = default;
};

/// The deliveries of weights, step by step. It walks the nest ahead of the array to know what comes, and asks
/// the source for it as soon as the weights before have left (docs/timing-model.md section 7).
class WeightStream {
 public:
  /// `source`: nullptr when the weights come out of the global buffer, and nothing is asked for. All
  /// arguments must outlive this.
  WeightStream(const LoopNest& nest, ArrayShapes& shapes, const Layer& layer, std::int64_t pes,
               WeightSource* source);

  /// Asks for the first weights. To be called once, before all others.
  void begin() { look_ahead(0); }
  /// The delivery of this step, or nothing when no PE needs or gives up a weight in it. Steps come in order.
  const Delivery* delivery_of(std::int64_t step);
  /// From when on the words of the delivery last returned are here.
  Cycle ready() { return source_ == nullptr ? 0 : source_->ready(); }
  /// The delivery last returned has left, at `time`.
  void sent(Cycle time) { look_ahead(time); }

 private:
  struct Coming {
    std::int64_t step;
    const Delivery* delivery;
  };
  /// Looks ahead until a delivery with words is known, and asks for it.
  void look_ahead(Cycle earliest);

  ArrayShapes& shapes_;
  WeightSource* source_;
  StepWalker ahead_;
  DeliveryPlanner planner_;
  bool more_ = true;
  std::deque<Coming> coming_;
};

}  // namespace weir::timing
