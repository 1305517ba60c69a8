#pragma once

#include <cstdint>

#include "mapping/array_shape.h"
#include "mapping/delivery.h"
#include "mapping/nest.h"
#include "timing/cycle.h"

namespace weir::timing {

/// Brings weights from DRAM into the prefetch banks, one delivery at a time.
class WeightSource {
 public:
  virtual ~WeightSource() = default;
  /// Asks for the words of the next delivery, for the array's tile at `base`, not before `earliest`.
  virtual void request(std::int64_t words, const Extents& base, Cycle earliest) = 0;
  /// From when on the words last asked for are in the banks.
  virtual Cycle ready() = 0;

 protected:
  WeightSource() = default;
  WeightSource(const WeightSource&) = default;
  WeightSource& operator=(const WeightSource&) = default;
};

/// Walks the nest ahead of the array to know which weights come, and asks a source for them as soon as the
/// weights before have left (docs/timing-model.md section 7).
class WeightStream {
 public:
  /// All arguments must outlive this.
  WeightStream(const LoopNest& nest, ArrayShapes& shapes, const Layer& layer, const Accelerator& accelerator,
               WeightSource& source);

  /// Asks for the next delivery that has words, not before `earliest`; the last one has left by then.
  void request_next(Cycle earliest);
  /// From when on the words last asked for are here.
  Cycle ready() { return source_.ready(); }

 private:
  ArrayShapes& shapes_;
  WeightSource& source_;
  StepWalker ahead_;
  DeliveryPlanner planner_;
  bool more_ = true;
};

}  // namespace weir::timing
