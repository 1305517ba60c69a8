#pragma once

#include "accelerator/accelerator.h"
#include "stats/layer_stats.h"
#include "workload/layer.h"

namespace weir {

/// What a memory-bound layer costs (docs/timing-model.md section 9): each of its words passes DRAM's link and
/// the global buffer once, while the vector unit operates on them. No values are computed.
stats::LayerStats run_memory_bound(const Layer& layer, const Accelerator& accelerator, Overlap overlap);

}  // namespace weir
