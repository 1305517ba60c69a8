#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "account/accounting.h"
#include "account/traffic.h"
#include "stats/layer_stats.h"
#include "workload/layer.h"

namespace weir::timing {

/// Fills in, at the end of a layer, what follows from its traffic and the PEs' cycles: MACs, counts, and
/// DRAM's link, which was busy for `dram_busy` cycles with what went by the buffer's tiles. `zero_macs`: MACs
/// that meet a zero ifmap word; they are gated if the machine does that, but for those on padding that it
/// skips.
void complete(stats::LayerStats& stats, account::Traffic& traffic, const account::Accounting& accounting,
              const Layer& layer, const Accelerator& accelerator, std::int64_t zero_macs,
              std::int64_t dram_busy);

}  // namespace weir::timing
