#include "arch/pe_array.h"

#include <fmt/core.h>

#include <algorithm>

#include "arch/clocking.h"
#include "mapping/capacity.h"
#include "mapping/footprint.h"

namespace weir::arch {

using enum Dimension;
using stats::Action;
using stats::Component;
using stats::Data;
using stats::PeState;

PeArray::PeArray(const sc_core::sc_module_name& name, const Accelerator& accelerator, GlobalBuffer& buffer,
                 const sc_core::sc_time& period)
    : sc_module(name),
      prefetch("weight_prefetch", accelerator.pes()),
      ifmap_network("ifmap_network", accelerator.networks.ifmap.words_per_cycle, accelerator.pes()),
      weight_network("weight_network", accelerator.networks.weight.words_per_cycle, accelerator.pes()),
      psum_in("psum_in_network", accelerator.networks.psum_in.words_per_cycle),
      psum_out("psum_out_network", accelerator.networks.psum_out.words_per_cycle),
      spec_(accelerator),
      buffer_(buffer),
      period_(period),
      psum_path_(accelerator, psum_in, psum_out, buffer, pes_) {
  for (std::int64_t row = 0; row < spec_.rows; ++row) {
    for (std::int64_t column = 0; column < spec_.columns; ++column) {
      pes_.push_back(std::make_unique<ProcessingElement>(fmt::format("pe_{}_{}", row, column).c_str(),
                                                         spec_.networks.psum_ports.words));
    }
  }
  SC_THREAD(control);
}

void PeArray::control() {
  for (;;) {
    begin_layer(*layers_in->read());
    run_steps();
    end_layer();
    layers_out->write(layer_);
  }
}

void PeArray::begin_layer(LayerContext& layer) {
  layer_ = &layer;
  start_ = sc_core::sc_time_stamp();
  const Layer& shape = layer.job.layer;
  for (const auto& each : pes_) each->begin_layer(layer.nest.tile(Level::pe), shape, layer.job.data);
  const OperandRoom room = operand_room(layer.nest.tile(Level::pe), shape, spec_);
  ifmap_network.begin_layer(room.ifmap);
  weight_network.begin_layer(room.weight);
  psum_in.begin_layer();
  psum_out.begin_layer();
  psum_path_.begin_layer(layer);
  ifmap_planner_.emplace(Tensor::ifmap, shape, spec_.pes());
  last_shape_ = visit_shape_ = nullptr;
  visit_tile_.reset();
  tile_ready_ = visit_gate_ = 0;
}

void PeArray::run_steps() {
  StepWalker walker(layer_->nest);
  bool more = true;
  while (more) {
    if (walker.enters_buffer_tile()) {
      tile_ready_ = tiles_in->read();
      if (walker.number() == 0) prefetch.begin_layer(*layer_);
      if (walker.number() == 0 && layer_->job.data) {
        ifmap_routes_.emplace(buffer_.ifmap().layout(), pe(0).ifmap_rf.layout());
        weight_routes_.emplace(weight_layout(), pe(0).weight_rf.layout());
      }
    }
    run_step(walker);
    const Extents base = walker.tile().base;
    const bool finishes = ends_reduction(walker.tile(), layer_->job.layer);
    more = walker.next();
    if (!more || !same_place(base, walker.tile().base, Tensor::psum)) {
      psum_path_.end_visit(*visit_tile_, *visit_shape_, finishes, visit_gate_);
      visit_tile_.reset();
    }
    if (!more || walker.enters_buffer_tile()) {
      // Nothing happens any more before the ifmap network's last word: let the kernel's time follow.
      wait_until(start_ + static_cast<double>(ifmap_network.sent_until()) * period_);
      tiles_out->write(std::max(array_done(), psum_out.free_at()));
    }
  }
}

void PeArray::run_step(const StepWalker& step) {
  const Tile& tile = step.tile();
  const ArrayShape& shape = layer_->shapes.at(tile.extents);
  if (!visit_tile_) {
    visit_tile_ = tile;
    visit_shape_ = &shape;
    visit_gate_ = tile_ready_;
    if (layer_->job.data) {
      for (const ActivePe& active : shape.active) pe(active.pe).psum_rf.clear();
    }
  }
  deliver_ifmap(tile, shape);
  deliver_weights(step.number(), tile);
  run_windows(step.number(), tile, shape);
  last_shape_ = &shape;
  last_step_ = step.number();
  if ((last_step_ & 0xfff) == 0) layer_->report_progress(last_step_);
}

void PeArray::deliver_ifmap(const Tile& tile, const ArrayShape& shape) {
  const Delivery& delivery = ifmap_planner_->next(tile, shape);
  release(ifmap_network, delivery);
  ifmap_network.send(delivery, tile_ready_);
  if (layer_->job.data) {
    const Coordinates first = origin(Tensor::ifmap, tile.base, layer_->job.layer);
    ifmap_routes_->deliver(delivery, buffer_.ifmap().at(first), first,
                           [this](std::int32_t to) { return pe(to).ifmap_rf.data(); });
  }
}

void PeArray::deliver_weights(std::int64_t step, const Tile& tile) {
  const Delivery* delivery = prefetch.delivery_of(step);
  if (delivery == nullptr) return;
  release(weight_network, *delivery);
  if (delivery->words.empty()) return;
  weight_network.send(*delivery, std::max({tile_ready_, weight_barrier(), prefetch.ready()}));
  prefetch.sent(weight_network.sent_until());
  if (layer_->job.data) {
    const Coordinates first = origin(Tensor::weight, tile.base, layer_->job.layer);
    const std::int16_t* source = layer_->job.mapping.weights_in_global_buffer
                                     ? buffer_.weights().at(first)
                                     : layer_->data.weights.data() + weight_layout().offset(first);
    weight_routes_->deliver(*delivery, source, first,
                            [this](std::int32_t to) { return pe(to).weight_rf.data(); });
  }
}

BoxLayout PeArray::weight_layout() const {
  if (layer_->job.mapping.weights_in_global_buffer) return buffer_.weights().layout();
  return BoxLayout(bounding_box(Tensor::weight, layer_->job.layer.bounds, layer_->job.layer));
}

void PeArray::run_windows(std::int64_t step, const Tile& tile, const ArrayShape& shape) {
  stats::PeCycles& cycles = layer_->stats.pe_cycles;
  const Cycle others_done = last_shape_ == &shape ? 0 : last_step_done();
  for (const ActivePe& active : shape.active) {
    ProcessingElement& self = pe(active.pe);
    const Cycle ifmap_here = ifmap_network.arrived(active.pe);
    const Cycle weights_here = weight_network.arrived(active.pe);
    const Cycle begin = std::max({self.free_at, ifmap_here, weights_here});
    const bool was_idle = self.last_step != step - 1;
    const Cycle waits_from = was_idle ? std::min(begin, std::max(self.free_at, others_done)) : self.free_at;
    const Cycle has_weights = std::clamp(weights_here, waits_from, begin);
    cycles[PeState::unmapped] += waits_from - self.free_at;
    cycles[PeState::wait_weight] += has_weights - waits_from;
    cycles[PeState::wait_ifmap] += begin - has_weights;
    cycles[PeState::mac] += active.macs;
    self.macs_done = self.free_at = begin + active.macs;
    self.last_step = step;
    if (layer_->job.data) {
      Tile absolute = active.tile;
      for (const Dimension d : kAllDimensions) absolute.base[d] += tile.base[d];
      layer_->zero_macs += self.compute(absolute, layer_->job.layer);
    }
  }
}

void PeArray::release(MulticastNetwork& network, const Delivery& delivery) {
  for (const auto& [number, words] : delivery.releases) network.release(number, words, pe(number).macs_done);
}

Cycle PeArray::last_step_done() const {
  Cycle done = 0;
  if (last_shape_ == nullptr) return done;
  for (const ActivePe& active : last_shape_->active) done = std::max(done, pe(active.pe).free_at);
  return done;
}

Cycle PeArray::array_done() const {
  Cycle done = 0;
  for (const auto& each : pes_) done = std::max(done, each->free_at);
  return done;
}

Cycle PeArray::weight_barrier() const {
  switch (spec_.networks.weight_barrier) {
    case WeightBarrier::none:
      return 0;
    case WeightBarrier::array_done:
      return array_done();
    case WeightBarrier::array_drained:
      return std::max(array_done(), psum_out.free_at());
  }
  return 0;
}

void PeArray::end_layer() {
  layer_->stats.cycles = std::max(array_done(), psum_out.free_at());
  wait_until(start_ + static_cast<double>(layer_->stats.cycles) * period_);
}

void PeArray::account_until(Cycle end) {
  stats::PeCycles& cycles = layer_->stats.pe_cycles;
  for (const auto& each : pes_) {
    const bool to_the_end = each->last_step == last_step_;
    cycles[to_the_end ? PeState::fill_drain : PeState::unmapped] += end - each->free_at;
  }
}

}  // namespace weir::arch
