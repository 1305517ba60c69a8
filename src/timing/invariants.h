#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "account/traffic.h"
#include "stats/layer_stats.h"
#include "workload/layer.h"

namespace weir::timing {

/// What must hold after every layer, on any machine: conservation of words and cycles, and the bounds that no
/// timing can beat. `dram_words`: what the link carried. Throws std::logic_error that names what does not.
void check_invariants(const stats::LayerStats& result, const account::Traffic& traffic, const Layer& layer,
                      Overlap overlap, const Accelerator& accelerator, std::int64_t dram_words);

}  // namespace weir::timing
