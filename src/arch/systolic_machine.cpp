#include "arch/systolic_machine.h"

#include <algorithm>
#include <stdexcept>

#include "arch/clocking.h"
#include "timing/invariants.h"
#include "timing/layer_totals.h"

namespace weir::arch {

SystolicMachine::SystolicMachine(const sc_core::sc_module_name& name, const Accelerator& accelerator)
    : sc_module(name),
      spec_(accelerator),
      period_(clock_period(accelerator.clock_mhz)),
      dram_("dram", accelerator.dram, period_),
      buffer_("global_buffer", accelerator.global_buffer),
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
  if (layer.job.data && layer.zero_macs != zero_macs)
    throw std::logic_error("the PEs met another number of zeros than there are");
  array_.end_layer(std::max(layer.stats.cycles, buffer_.drained_at()), layer);
  const auto accounting = account::Accounting::of_array(spec_, account::held_by(array_.roles()),
                                                        layer.job.mapping.weights_in_global_buffer);
  timing::complete(layer.stats, layer.traffic, accounting, layer.job.layer, spec_, zero_macs, dram_.busy());
  timing::check_invariants(layer.stats, layer.traffic, layer.job.layer, layer.job.overlap, spec_,
                           dram_.words());
}

}  // namespace weir::arch
