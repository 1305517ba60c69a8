#include "arch/systolic_array.h"

#include <algorithm>

#include "arch/clocking.h"

namespace weir::arch {

using enum Dimension;
using stats::Action;
using stats::Component;
using stats::Data;

SystolicArray::SystolicArray(const sc_core::sc_module_name& name, const Accelerator& accelerator,
                             GlobalBuffer& buffer, const sc_core::sc_time& period)
    : sc_module(name),
      weight_fifo("weight_fifo", accelerator.global_buffer.weight_prefetch_words),
      spec_(accelerator),
      period_(period),
      datapath_(buffer) {
  SC_THREAD(control);
}

void SystolicArray::control() {
  for (;;) {
    begin_layer(*layers_in->read());
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    run_folds();
    layer_->stats.cycles = timeline_->done();
    wait_until(start + static_cast<double>(layer_->stats.cycles) * period_);
    layers_out->write(layer_);
  }
}

void SystolicArray::begin_layer(LayerContext& layer) {
  layer_ = &layer;
  roles_ = systolic_roles(layer.job.mapping, spec_).value();
  timeline_.emplace(spec_, roles_.stationary);
  datapath_.begin_layer(layer, roles_);
}

void SystolicArray::run_folds() {
  const bool hidden = layer_->job.overlap == Overlap::processing;
  StepWalker walker(layer_->nest);
  for (bool more = true; more;) {
    if (walker.enters_buffer_tile()) {
      tile_ready_ = tiles_in->read();
      if (walker.number() == 0 && !layer_->job.mapping.weights_in_global_buffer)
        weight_fifo.begin_layer(*layer_);
    }
    run_fold(walker.tile());
    if ((walker.number() & 0xfff) == 0) layer_->report_progress(walker.number());
    more = walker.next();
    if (!more || walker.enters_buffer_tile()) tiles_out->write(hidden ? 0 : timeline_->done());
  }
}

void SystolicArray::run_fold(const Tile& tile) {
  const bool from_dram = !layer_->job.mapping.weights_in_global_buffer;
  const bool reads_psums = tile.base[C] > 0 || spec_.networks.psum_ports.reads_initial;
  const Cycle weights_ready = from_dram ? weight_fifo.ready() : 0;
  const Extents& e = tile.extents;
  timeline_->begin({e[roles_.rows], e[roles_.columns], e[roles_.stream], reads_psums},
                   std::max(tile_ready_, weights_ready), weights_ready > tile_ready_);
  if (from_dram) weight_fifo.sent(timeline_->stationary_sent());
  count(tile, reads_psums);
  if (layer_->job.data) layer_->zero_macs += datapath_.run(tile, reads_psums);
}

void SystolicArray::count(const Tile& tile, bool reads_psums) {
  const Extents& e = tile.extents;
  stats::Counts& counts = layer_->stats.counts;
  const std::int64_t ifmap = e[P] * e[C], weights = e[C] * e[M], psums = e[P] * e[M];
  const auto send = [&](Data data, std::int64_t words) {
    counts.add(Component::global_buffer, data, Action::read, words);
    counts.add(Component::network, data, Action::hop, words);
  };
  send(Data::ifmap, ifmap);
  send(Data::weight, weights);
  if (reads_psums) send(Data::psum, psums);
  counts.add(Component::global_buffer, Data::psum, Action::write, psums);
  counts.add(Component::network, Data::psum, Action::hop, psums);
  if (!layer_->job.mapping.weights_in_global_buffer) {
    counts.add(Component::dram, Data::weight, Action::read, weights);
    counts.add(Component::global_buffer, Data::weight, Action::write, weights);
  }

  // What enters on the left crosses all columns, what enters at the top all rows; a stationary word stops in
  // its row, and an output begins in its row.
  const std::int64_t across = spec_.columns - 1, down = spec_.rows - 1;
  const std::int64_t rows = e[roles_.rows], columns = e[roles_.columns];
  const auto hop = [&](Data data, std::int64_t hops) {
    counts.add(Component::neighbour, data, Action::hop, hops);
  };
  if (roles_.stationary == Tensor::psum) {
    hop(Data::ifmap, ifmap * across);
    hop(Data::weight, weights * down);
    hop(Data::psum, columns * (rows * down - rows * (rows - 1) / 2));
    return;
  }
  const bool holds_weights = roles_.stationary == Tensor::weight;
  hop(holds_weights ? Data::ifmap : Data::weight, (holds_weights ? ifmap : weights) * across);
  hop(holds_weights ? Data::weight : Data::ifmap, columns * (rows * (rows - 1) / 2));
  hop(Data::psum, psums * down);
  counts.add(Component::register_file, holds_weights ? Data::weight : Data::ifmap, Action::write,
             holds_weights ? weights : ifmap);
}

void SystolicArray::account_until(Cycle end) { timeline_->finish(end, layer_->stats); }

}  // namespace weir::arch
