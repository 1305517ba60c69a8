#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "stats/layer_stats.h"
#include "workload/layer.h"

namespace weir::timing {

/// How much of a layer was simulated, in steps.
struct Effort {
  std::int64_t steps = 0;
  std::int64_t replayed = 0;
};

struct ScheduleOptions {
  std::int64_t zero_macs =
      0;                     ///< MACs that meet a zero ifmap word (count_zero_macs): a machine may gate them
  bool replay = true;        ///< do not simulate again what is known; the results are the same
  Effort* effort = nullptr;  ///< told what it took, if given
};

/// What a layer's execution by a legal mapping (check_mapping) counts and how long it takes: all that
/// arch::Simulator finds out, without moving values and without SystemC, so that several can run in one
/// process and on several threads. Throws std::logic_error if an invariant of the model is broken.
stats::LayerStats schedule(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                           Overlap overlap, const ScheduleOptions& options = {});

}  // namespace weir::timing
