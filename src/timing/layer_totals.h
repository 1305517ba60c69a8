#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "stats/layer_stats.h"
#include "workload/layer.h"

namespace weir::timing {

/// Fills in, at the end of a layer, what follows from the PEs' and the networks' counts: MACs, register
/// files, weights that came from DRAM, DRAM's link, which was busy for `dram_busy` cycles. `zero_macs`: MACs
/// that meet a zero ifmap word; they are gated if the machine does that, but for those on padding that it
/// skips.
void complete(stats::LayerStats& stats, const Layer& layer, const Mapping& mapping,
              const Accelerator& accelerator, std::int64_t zero_macs, std::int64_t dram_busy);

}  // namespace weir::timing
