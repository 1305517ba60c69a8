#include "arch/machine.h"

#include <algorithm>
#include <stdexcept>

#include "arch/clocking.h"
#include "arch/invariants.h"

namespace weir::arch {

using stats::Action;
using stats::Component;
using stats::Data;
using stats::Link;
using stats::PeState;

Machine::Machine(const sc_core::sc_module_name& name, const Accelerator& accelerator)
    : sc_module(name),
      spec_(accelerator),
      period_(clock_period(accelerator.clock_mhz)),
      dram_("dram", accelerator.dram, period_),
      buffer_("global_buffer"),
      array_("pe_array", accelerator, buffer_, period_),
      layers_to_buffer_("layers_to_buffer", 1),
      layers_to_array_("layers_to_array", 1),
      layers_done_("layers_done", 1),
      tiles_ready_("tiles_ready", 1),
      tiles_done_("tiles_done", 1) {
  buffer_.dram(dram_);
  buffer_.layers_in(layers_to_buffer_);
  buffer_.tiles_out(tiles_ready_);
  buffer_.tiles_in(tiles_done_);
  array_.prefetch.dram(dram_);
  array_.layers_in(layers_to_array_);
  array_.layers_out(layers_done_);
  array_.tiles_in(tiles_ready_);
  array_.tiles_out(tiles_done_);
}

void Machine::run(LayerContext& layer) {
  dram_.begin_layer(layer.job.overlap == Overlap::processing, sc_core::sc_time_stamp());
  if (!layers_to_buffer_.nb_write(&layer) || !layers_to_array_.nb_write(&layer)) {
    throw std::logic_error("a layer is begun while another runs");
  }
  sc_core::sc_start();  // until nothing is left to happen
  LayerContext* done = nullptr;
  if (!layers_done_.nb_read(done) || done != &layer)
    throw std::logic_error("the machine came to a halt in the middle of a layer");
  const int left = tiles_ready_.num_available() + tiles_done_.num_available() +
                   layers_to_array_.num_available() + layers_to_buffer_.num_available();
  if (left != 0) throw std::logic_error("something is left in a channel at the end of a layer");
  layer.stats.cycles = std::max(layer.stats.cycles, buffer_.drained_at());
  array_.account_until(layer.stats.cycles);
  count(layer);
  check_invariants(layer, spec_, dram_.transferred());
}

void Machine::count(LayerContext& layer) const {
  stats::LayerStats& result = layer.stats;
  result.active_pes =
      static_cast<std::int64_t>(layer.shapes.at(layer.nest.tile(Level::pe_rows)).active.size());
  result.macs = result.pe_cycles[PeState::mac];
  const std::int64_t zero_macs = count_zero_macs(layer.job.layer, layer.data.ifmap);
  const std::int64_t gated = spec_.pe.zero_gating ? zero_macs : 0;
  if (layer.job.data && layer.zero_macs != zero_macs)
    throw std::logic_error("the PEs met another number of zeros than there are");
  result.pe_cycles[PeState::mac] -= gated;
  result.pe_cycles[PeState::gated_mac] += gated;

  stats::Counts& counts = result.counts;
  counts.add(Component::register_file, Data::ifmap, Action::read, result.macs);
  counts.add(Component::register_file, Data::weight, Action::read, result.macs - gated);
  if (!layer.job.mapping.weights_in_global_buffer) {
    const std::int64_t words = counts.get(Component::global_buffer, Data::weight, Action::read);
    counts.add(Component::dram, Data::weight, Action::read, words);
    counts.add(Component::global_buffer, Data::weight, Action::write, words);
  }
  // The first MAC of a visit only writes its psum, and each accumulation reads it once more.
  counts.add(Component::register_file, Data::psum, Action::read, result.macs);
  counts.add(Component::register_file, Data::psum, Action::write, result.macs);
  counts.add(Component::mac, Data::psum, Action::mac, result.macs - gated);
  counts.add(Component::mac, Data::psum, Action::gated_mac, gated);

  result.links[static_cast<std::size_t>(Link::dram)] = {dram_.busy(), 0,
                                                        std::max<Cycle>(0, result.cycles - dram_.busy())};
}

}  // namespace weir::arch
