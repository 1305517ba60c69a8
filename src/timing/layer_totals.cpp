#include "timing/layer_totals.h"

#include <algorithm>

namespace weir::timing {

using stats::Action;
using stats::Component;
using stats::Data;
using stats::Link;
using stats::PeState;

void complete(stats::LayerStats& stats, const Mapping& mapping, const Accelerator& accelerator,
              std::int64_t zero_macs, std::int64_t dram_busy) {
  const std::int64_t gated = accelerator.pe.zero_gating ? zero_macs : 0;
  stats.macs = stats.pe_cycles[PeState::mac];
  stats.pe_cycles[PeState::mac] -= gated;
  stats.pe_cycles[PeState::gated_mac] += gated;

  stats::Counts& counts = stats.counts;
  counts.add(Component::register_file, Data::ifmap, Action::read, stats.macs);
  counts.add(Component::register_file, Data::weight, Action::read, stats.macs - gated);
  if (!mapping.weights_in_global_buffer) {
    const std::int64_t words = counts.get(Component::global_buffer, Data::weight, Action::read);
    counts.add(Component::dram, Data::weight, Action::read, words);
    counts.add(Component::global_buffer, Data::weight, Action::write, words);
  }
  // The first MAC of a visit only writes its psum, and each accumulation reads it once more.
  counts.add(Component::register_file, Data::psum, Action::read, stats.macs);
  counts.add(Component::register_file, Data::psum, Action::write, stats.macs);
  counts.add(Component::mac, Data::psum, Action::mac, stats.macs - gated);
  counts.add(Component::mac, Data::psum, Action::gated_mac, gated);

  stats.links[static_cast<std::size_t>(Link::dram)] = {dram_busy, 0,
                                                       std::max<std::int64_t>(0, stats.cycles - dram_busy)};
}

}  // namespace weir::timing
