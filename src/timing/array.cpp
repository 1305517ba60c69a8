#include "timing/array.h"

#include <algorithm>

namespace weir::timing {

using stats::Action;
using stats::Component;
using stats::Data;
using stats::Link;
using stats::PeState;

Array::Array(const Accelerator& accelerator)
    : spec_(accelerator),
      ifmap_(accelerator.networks.ifmap.words_per_cycle,
             accelerator.pe.ifmap_rf_words + accelerator.pe.input_fifo_words, accelerator.pes()),
      weights_(accelerator.networks.weight.words_per_cycle,
               accelerator.pe.weight_rf_words + accelerator.pe.input_fifo_words, accelerator.pes()),
      psum_path_(accelerator.networks) {}

void Array::begin_layer(const Layer& layer, const LoopNest& nest, ArrayShapes& shapes, WeightSource* source,
                        stats::LayerStats& stats) {
  pes_.assign(static_cast<std::size_t>(spec_.pes()), PeTimes(spec_.networks.psum_ports.words));
  ifmap_.reset();
  weights_.reset();
  const ArrayShape& full = shapes.at(nest.tile(Level::pe_rows));
  active_pes_ = static_cast<std::int64_t>(full.active.size());
  psum_path_.begin_layer(nest, layer, full, spec_.pes());
  shapes_ = &shapes;
  stats_ = &stats;
  walker_.emplace(nest);
  ifmap_planner_.emplace(Tensor::ifmap, layer, spec_.pes());
  weight_stream_.emplace(nest, shapes, layer, spec_.pes(), source);
  more_ = true;
  last_shape_ = visit_shape_ = nullptr;
  last_step_ = -1;
  visit_tile_.reset();
  visit_gate_ = tile_ready_ = 0;
}

Cycle Array::run_tile(Cycle ready) {
  tile_ready_ = ready;
  if (last_step_ < 0) weight_stream_->begin();
  do {
    run_step();
    const Extents base = walker_->tile().base;
    more_ = walker_->next();
    if (!more_ || !same_place(base, walker_->tile().base, Tensor::psum)) {
      psum_path_.end_visit(*visit_tile_, *visit_shape_, visit_gate_, pes_, *stats_);
      visit_tile_.reset();
    }
  } while (more_ && !walker_->enters_buffer_tile());
  return done();
}

void Array::run_step() {
  const Tile& tile = walker_->tile();
  const std::int64_t step = walker_->number();
  const ArrayShape& shape = shapes_->at(tile.extents);
  if (!visit_tile_) {
    visit_tile_ = tile;
    visit_shape_ = &shape;
    visit_gate_ = tile_ready_;
  }
  deliver_ifmap(tile, shape);
  deliver_weights(step);
  run_windows(step, shape);
  last_shape_ = &shape;
  last_step_ = step;
}

void Array::deliver_ifmap(const Tile& tile, const ArrayShape& shape) {
  const Delivery& delivery = ifmap_planner_->next(tile, shape);
  release(ifmap_, delivery);
  ifmap_.send(delivery, tile_ready_);
}

void Array::deliver_weights(std::int64_t step) {
  const Delivery* delivery = weight_stream_->delivery_of(step);
  if (delivery == nullptr) return;
  release(weights_, *delivery);
  if (delivery->words.empty()) return;
  weights_.send(*delivery, std::max({tile_ready_, weight_barrier(), weight_stream_->ready()}));
  weight_stream_->sent(weights_.sent_until());
}

void Array::run_windows(std::int64_t step, const ArrayShape& shape) {
  stats::PeCycles& cycles = stats_->pe_cycles;
  const Cycle others_done = last_shape_ == &shape ? 0 : last_step_done();
  for (const ActivePe& active : shape.active) {
    PeTimes& self = pe(active.pe);
    const Cycle ifmap_here = ifmap_.arrived(active.pe);
    const Cycle weights_here = weights_.arrived(active.pe);
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
  }
}

void Array::release(MulticastLink& network, const Delivery& delivery) {
  for (const auto& [number, words] : delivery.releases) network.release(number, words, pe(number).macs_done);
}

Cycle Array::last_step_done() const {
  Cycle done = 0;
  if (last_shape_ == nullptr) return done;
  for (const ActivePe& active : last_shape_->active) done = std::max(done, pe(active.pe).free_at);
  return done;
}

Cycle Array::array_done() const {
  Cycle done = 0;
  for (const PeTimes& each : pes_) done = std::max(done, each.free_at);
  return done;
}

Cycle Array::done() const { return std::max(array_done(), psum_path_.out.free_at()); }

Cycle Array::weight_barrier() const {
  switch (spec_.networks.weight_barrier) {
    case WeightBarrier::none:
      return 0;
    case WeightBarrier::array_done:
      return array_done();
    case WeightBarrier::array_drained:
      return done();
  }
  return 0;
}

void Array::end_layer(Cycle end) {
  stats_->cycles = end;
  stats_->active_pes = active_pes_;
  stats::PeCycles& cycles = stats_->pe_cycles;
  for (const PeTimes& each : pes_) {
    const bool to_the_end = each.last_step == last_step_;
    cycles[to_the_end ? PeState::fill_drain : PeState::unmapped] += end - each.free_at;
  }
  stats::Counts& counts = stats_->counts;
  const auto add_input = [&](Data data, const MulticastLink& network) {
    counts.add(Component::global_buffer, data, Action::read, network.words_sent());
    counts.add(Component::network, data, Action::hop, network.words_received());
    counts.add(Component::register_file, data, Action::write, network.words_received());
  };
  add_input(Data::ifmap, ifmap_);
  add_input(Data::weight, weights_);
  const auto link = [&](Link l) -> stats::LinkCycles& { return stats_->links[static_cast<std::size_t>(l)]; };
  link(Link::ifmap) = ifmap_.link_cycles(end);
  link(Link::weight) = weights_.link_cycles(end);
  link(Link::psum_in) = psum_path_.in.link_cycles(end);
  link(Link::psum_out) = psum_path_.out.link_cycles(end);
}

}  // namespace weir::timing
