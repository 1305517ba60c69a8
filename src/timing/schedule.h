#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "stats/layer_stats.h"
#include "workload/layer.h"

namespace weir::timing {

/// What a layer's execution by a legal mapping (check_mapping) counts and how long it takes: all that
/// arch::Simulator finds out, without moving values and without SystemC, so that several can run in one
/// process and on several threads. `zero_macs`: MACs that meet a zero ifmap word (count_zero_macs), which a
/// machine may gate. Throws std::logic_error if an invariant of the model is broken.
stats::LayerStats schedule(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                           Overlap overlap, std::int64_t zero_macs = 0);

}  // namespace weir::timing
