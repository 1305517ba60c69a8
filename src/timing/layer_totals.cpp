#include "timing/layer_totals.h"

#include <algorithm>

#include "workload/layer.h"

namespace weir::timing {

using account::Flow;
using stats::Link;
using stats::PeState;

void complete(stats::LayerStats& stats, account::Traffic& traffic, const account::Accounting& accounting,
              const Layer& layer, const Accelerator& accelerator, std::int64_t zero_macs,
              std::int64_t dram_busy) {
  stats.macs = stats.pe_cycles[PeState::mac];
  const std::int64_t skipped = layer.macs() - stats.macs;  // they would all have met a zero
  const std::int64_t gated = accelerator.pe.zero_gating ? std::max<std::int64_t>(0, zero_macs - skipped) : 0;
  stats.pe_cycles[PeState::mac] -= gated;
  stats.pe_cycles[PeState::gated_mac] += gated;
  traffic.set_macs(stats.macs, gated);
  traffic(Tensor::psum, Flow::finished) = layer.outputs();
  stats.counts = accounting.counts(traffic);
  if (accelerator.global_buffer.ifmap_bypasses)
    dram_busy += accelerator.dram.transfer_cycles(traffic(Tensor::ifmap, Flow::sent));
  stats.links[static_cast<std::size_t>(Link::dram)] = {dram_busy, 0,
                                                       std::max<std::int64_t>(0, stats.cycles - dram_busy)};
}

}  // namespace weir::timing
