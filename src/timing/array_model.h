#pragma once

#include <cstdint>
#include <memory>

#include "accelerator/accelerator.h"
#include "account/accounting.h"
#include "account/traffic.h"
#include "mapping/mapping.h"
#include "mapping/nest.h"
#include "stats/layer_stats.h"
#include "timing/cycle.h"
#include "timing/totals.h"
#include "timing/weight_stream.h"
#include "workload/layer.h"

namespace weir::timing {

/// How much of a layer was simulated, in steps.
struct Effort {
  std::int64_t steps = 0;
  std::int64_t replayed = 0;
};

/// A kind of array: when it does what, a buffer tile at a time. Nothing in an array contends for anything out
/// of a fixed order, so that its times follow from when tiles and weights are there.
class ArrayModel {
 public:
  virtual ~ArrayModel() = default;

  /// A layer to run, as the array sees it (mapped_layer); all that is referred to must outlive its run.
  struct Work {
    const Layer& layer;
    const LoopNest& nest;
    const Mapping& mapping;
    bool dram_hidden;      ///< tiles are always there, and nobody asks when they are finished
    WeightSource& source;  ///< of weights that the mapping does not keep in the global buffer
    bool replay = true;    ///< do not simulate again what is known
  };
  virtual void begin_layer(const Work& work) = 0;
  /// Runs all steps of the next buffer tile, which is there from time `ready` on. Returns when they are
  /// finished; with DRAM hidden, 0.
  virtual Cycle run_tile(Cycle ready) = 0;
  /// When all that has been run is finished.
  virtual Cycle done() const = 0;
  /// Adds up what PEs and networks did until the end of the layer.
  virtual void end_layer(Cycle end, stats::LayerStats& stats, account::Traffic& traffic) = 0;

  /// The tensors that its PEs keep words of.
  virtual account::Held held() const = 0;
  /// Weights that came from a hidden DRAM, which nobody asked.
  virtual LinkTotals preloads() const { return {}; }
  virtual Effort effort() const { return {}; }

 protected:
  ArrayModel() = default;
  ArrayModel(const ArrayModel&) = default;
  ArrayModel& operator=(const ArrayModel&) = default;
};

/// The array that an accelerator has.
std::unique_ptr<ArrayModel> make_array(const Accelerator& accelerator);

}  // namespace weir::timing
