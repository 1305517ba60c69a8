#include "arch/systolic_machine.h"

#include <algorithm>
#include <stdexcept>

#include "arch/clocking.h"
#include "arch/invariants.h"

namespace weir::arch {

using enum Dimension;
using stats::Action;
using stats::Component;
using stats::Data;
using stats::Link;
using stats::PeState;

SystolicMachine::SystolicMachine(const sc_core::sc_module_name& name, const Accelerator& accelerator)
    : sc_module(name),
      spec_(accelerator),
      period_(clock_period(accelerator.clock_mhz)),
      dram_("dram", accelerator.dram, period_),
      buffer_("global_buffer"),
      array_("systolic_array", accelerator, buffer_, period_),
      layers_to_buffer_("layers_to_buffer", 1),
      layers_to_array_("layers_to_array", 1),
      layers_done_("layers_done", 1),
      tiles_ready_("tiles_ready", 1),
      tiles_done_("tiles_done", 1) {
  buffer_.dram(dram_);
  buffer_.layers_in(layers_to_buffer_);
  buffer_.tiles_out(tiles_ready_);
  buffer_.tiles_in(tiles_done_);
  array_.weight_fifo.dram(dram_);
  array_.layers_in(layers_to_array_);
  array_.layers_out(layers_done_);
  array_.tiles_in(tiles_ready_);
  array_.tiles_out(tiles_done_);
}

void SystolicMachine::run(LayerContext& layer, std::int64_t zero_macs) {
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
  if (layer.job.data && layer.zero_macs != zero_macs)
    throw std::logic_error("the PEs met another number of zeros than there are");
  count(layer, spec_.pe.zero_gating ? zero_macs : 0);
  check_invariants(layer, spec_, dram_.transferred());
}

void SystolicMachine::count(LayerContext& layer, std::int64_t gated) const {
  stats::LayerStats& result = layer.stats;
  const SystolicRoles roles = systolic_roles(layer.job.mapping, spec_).value();
  const Extents& full = layer.nest.tile(Level::pe_rows);
  result.active_pes = full[roles.rows] * full[roles.columns];
  result.macs = result.pe_cycles[PeState::mac];
  result.pe_cycles[PeState::mac] -= gated;
  result.pe_cycles[PeState::gated_mac] += gated;
  stats::Counts& counts = result.counts;
  const auto use_register = [&](Tensor tensor, Action action, std::int64_t times) {
    if (tensor == roles.stationary)
      counts.add(Component::register_file, static_cast<Data>(tensor), action, times);
  };
  use_register(Tensor::ifmap, Action::read, result.macs);
  use_register(Tensor::weight, Action::read, result.macs - gated);
  use_register(Tensor::psum, Action::read, result.macs);
  use_register(Tensor::psum, Action::write, result.macs);
  counts.add(Component::mac, Data::psum, Action::mac, result.macs - gated);
  counts.add(Component::mac, Data::psum, Action::gated_mac, gated);
  result.links[static_cast<std::size_t>(Link::dram)] = {dram_.busy(), 0,
                                                        std::max<Cycle>(0, result.cycles - dram_.busy())};
}

}  // namespace weir::arch
