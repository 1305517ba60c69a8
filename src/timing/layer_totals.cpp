#include "timing/layer_totals.h"

#include <algorithm>

#include "mapping/capacity.h"

namespace weir::timing {

using stats::Action;
using stats::Component;
using stats::Data;
using stats::Link;
using stats::PeState;

namespace {

/// Accesses to psums that are made in a PE or leave.
void count_sums(stats::LayerStats& stats, const Accelerator& accelerator) {
  const auto get = [&](Component c, Action a) { return stats.counts.get(c, Data::psum, a); };
  const auto add = [&](Component c, std::int64_t words) {
    stats.counts.add(c, Data::psum, Action::read, words);
    stats.counts.add(c, Data::psum, Action::write, words);
  };
  // The first MAC of a visit only writes its psum, and each accumulation reads it once more; unless the last
  // MAC's sum goes there without being stored.
  const std::int64_t into_array =
      get(Component::global_buffer, Action::read) - get(Component::dram, Action::write);
  const std::int64_t leaving =
      get(Component::network, Action::hop) - into_array + get(Component::neighbour, Action::hop);
  if (has_register_file(Tensor::psum, accelerator.pe))
    add(Component::register_file, stats.macs - (accelerator.pe.last_sum == LastSum::direct ? leaving : 0));
  if (accelerator.global_buffer.last_sum == LastSum::direct) {
    const std::int64_t outputs = get(Component::dram, Action::write) - get(Component::dram, Action::read);
    add(Component::global_buffer, -outputs);
  }
}

}  // namespace

void complete(stats::LayerStats& stats, const Layer& layer, const Mapping& mapping,
              const Accelerator& accelerator, std::int64_t zero_macs, std::int64_t dram_busy) {
  stats.macs = stats.pe_cycles[PeState::mac];
  const std::int64_t skipped = layer.macs() - stats.macs;  // they would all have met a zero
  const std::int64_t gated = accelerator.pe.zero_gating ? std::max<std::int64_t>(0, zero_macs - skipped) : 0;
  stats.pe_cycles[PeState::mac] -= gated;
  stats.pe_cycles[PeState::gated_mac] += gated;

  stats::Counts& counts = stats.counts;
  if (has_register_file(Tensor::ifmap, accelerator.pe))
    counts.add(Component::register_file, Data::ifmap, Action::read, stats.macs);
  if (has_register_file(Tensor::weight, accelerator.pe))
    counts.add(Component::register_file, Data::weight, Action::read, stats.macs - gated);
  if (accelerator.global_buffer.ifmap_bypasses) {
    const std::int64_t words = counts.get(Component::global_buffer, Data::ifmap, Action::read);
    counts.add(Component::global_buffer, Data::ifmap, Action::read, -words);
    counts.add(Component::dram, Data::ifmap, Action::read, words);
    dram_busy += accelerator.dram.transfer_cycles(words);
  }
  if (!mapping.weights_in_global_buffer) {
    const std::int64_t words = counts.get(Component::global_buffer, Data::weight, Action::read);
    counts.add(Component::dram, Data::weight, Action::read, words);
    counts.add(Component::global_buffer, Data::weight, Action::write, words);
  }
  count_sums(stats, accelerator);
  counts.add(Component::mac, Data::psum, Action::mac, stats.macs - gated);
  counts.add(Component::mac, Data::psum, Action::gated_mac, gated);

  stats.links[static_cast<std::size_t>(Link::dram)] = {dram_busy, 0,
                                                       std::max<std::int64_t>(0, stats.cycles - dram_busy)};
}

}  // namespace weir::timing
