#include "timing/array.h"

#include <algorithm>

#include "mapping/capacity.h"

namespace weir::timing {

using account::Flow;
using stats::Link;
using stats::PeState;

Array::Array(const Accelerator& accelerator)
    : spec_(accelerator),
      ifmap_(accelerator.networks.ifmap.words_per_cycle, 0),
      weights_(accelerator.networks.weight.words_per_cycle, 0),
      psum_path_(accelerator.networks) {}

void Array::begin_layer(const Work& work) {
  shapes_.emplace(work.nest, spec_.networks.neighbour_sums);
  full_ = &shapes_->at(work.nest.tile(Level::pe_rows));
  streams_weights_ = !work.mapping.weights_in_global_buffer;
  dram_hidden_ = work.dram_hidden;
  // Which boxes of steps recur does not depend on when DRAM answers only where it is hidden.
  replays_ = work.replay && dram_hidden_;
  step_weight_ = 1;
  if (!has_register_file(Tensor::ifmap, spec_.pe) || !has_register_file(Tensor::weight, spec_.pe)) {
    // Its words are as many as its MACs, or nearly so.
    constexpr std::int64_t kWordsLikeAStep = 64;
    for (const Dimension d : kAllDimensions) step_weight_ *= work.nest.tile(Level::pe)[d];
    step_weight_ = std::clamp<std::int64_t>(step_weight_ / kWordsLikeAStep, 1, 16);
  }
  const std::int64_t pes = shapes_->pes();
  pes_.assign(static_cast<std::size_t>(pes), PeTimes(spec_.networks.psum_ports.words));
  array_done_ = 0;
  const OperandRoom room = operand_room(work.nest.tile(Level::pe), work.layer, spec_);
  ifmap_ = MulticastLink(ifmap_.words_per_cycle(), pes);
  ifmap_.reset(room.ifmap);
  weights_ = MulticastLink(weights_.words_per_cycle(), pes);
  weights_.reset(room.weight);
  psum_path_.begin_layer(work.nest, work.layer, *full_, pes);
  pe_cycles_ = {};
  preloads_ = {};
  own_macs_.reset();
  if (skips_macs(work.layer, spec_)) own_macs_.emplace(work.layer);
  cursor_.emplace(work.nest);
  ifmap_planner_.emplace(Tensor::ifmap, work.layer, pes, has_register_file(Tensor::ifmap, spec_.pe));
  weight_planner_.emplace(Tensor::weight, work.layer, pes, has_register_file(Tensor::weight, spec_.pe));
  weight_stream_.reset();
  if (streams_weights_ && !dram_hidden_)
    weight_stream_.emplace(work.nest, *shapes_, work.layer, spec_, work.source);
  replay_.emplace();
  more_ = true;
  last_shape_ = visit_shape_ = nullptr;
  last_step_ = -1;
  visit_gate_ = tile_ready_ = 0;
}

Cycle Array::run_tile(Cycle ready) {
  if (dram_hidden_) {
    if (last_step_ < 0) run_box(0);  // all tiles at once
    return 0;
  }
  tile_ready_ = ready;
  if (weight_stream_ && last_step_ < 0) weight_stream_->request_next(0);
  do {
    run_step();
  } while (more_ && !cursor_->enters_buffer_tile());
  return done();
}

void Array::run_step() {
  const Tile tile = cursor_->tile();
  const ArrayShape& shape = shapes_->at(tile.extents);
  if (visit_shape_ == nullptr) {
    visit_shape_ = &shape;
    visit_base_ = tile.base;
    visit_from_buffer_ = psum_path_.reads_buffer(tile.base);
    visit_gate_ = tile_ready_;
  }
  deliver_ifmap(tile, shape);
  deliver_weights(tile, shape);
  run_windows(cursor_->number(), tile, shape);
  last_shape_ = &shape;
  last_step_ = cursor_->number();
  more_ = cursor_->next();
  if (!more_ || !same_visit(tile.base, cursor_->tile().base, spec_.pe)) end_visit();
}

void Array::end_visit() {
  const Cycle accumulated =
      psum_path_.end_visit(visit_base_, *visit_shape_, visit_from_buffer_, visit_gate_, pes_, pe_cycles_);
  array_done_ = std::max(array_done_, accumulated);
  visit_shape_ = nullptr;
}

void Array::deliver_ifmap(const Tile& tile, const ArrayShape& shape) {
  const Delivery& delivery = ifmap_planner_->next(tile, shape);
  release(ifmap_, delivery);
  ifmap_.send(delivery, tile_ready_);
}

void Array::deliver_weights(const Tile& tile, const ArrayShape& shape) {
  const Delivery& delivery = weight_planner_->next(tile, shape);
  release(weights_, delivery);
  if (delivery.words.empty()) return;
  const Cycle ready = weight_stream_ ? weight_stream_->ready() : 0;
  weights_.send(delivery, std::max({tile_ready_, weight_barrier(), ready}));
  if (weight_stream_) {
    weight_stream_->request_next(weights_.sent_until());
  } else if (streams_weights_) {
    const auto words = static_cast<std::int64_t>(delivery.words.size());
    preloads_ = preloads_ + LinkTotals{spec_.dram.transfer_cycles(words), words, 0};
  }
}

void Array::run_windows(std::int64_t step, const Tile& tile, const ArrayShape& shape) {
  const bool skips = own_macs_ && !(own_macs_->vertical.are_all(tile) && own_macs_->horizontal.are_all(tile));
  const Cycle others_done = array_done_;
  for (const ActivePe& active : shape.active) {
    PeTimes& self = pe(active.pe);
    const Cycle ifmap_here = ifmap_.port(active.pe).arrived;
    const Cycle weights_here = weights_.port(active.pe).arrived;
    const Cycle begin = std::max({self.free_at, ifmap_here, weights_here});
    const bool was_idle = self.last_step != step - 1;
    const Cycle waits_from = was_idle ? std::min(begin, std::max(self.free_at, others_done)) : self.free_at;
    const Cycle has_weights = std::clamp(weights_here, waits_from, begin);
    pe_cycles_[PeState::unmapped] += waits_from - self.free_at;
    pe_cycles_[PeState::wait_weight] += has_weights - waits_from;
    pe_cycles_[PeState::wait_ifmap] += begin - has_weights;
    const std::int64_t macs = skips ? own_macs_->in(moved(active.tile, tile.base)) : active.macs;
    pe_cycles_[PeState::mac] += macs;
    self.macs_done = self.free_at = begin + macs;
    array_done_ = std::max(array_done_, self.free_at);
    self.last_step = step;
  }
}

void Array::release(MulticastLink& network, const Delivery& delivery) {
  for (const auto& [number, words] : delivery.releases) network.release(number, words, pe(number).macs_done);
}

Cycle Array::done() const { return std::max(array_done_, psum_path_.out.free_at); }

Cycle Array::weight_barrier() const {
  switch (spec_.networks.weight_barrier) {
    case WeightBarrier::none:
      return 0;
    case WeightBarrier::array_done:
      return array_done_;
    case WeightBarrier::array_drained:
      return done();
  }
  return 0;
}

void Array::end_layer(Cycle end, stats::LayerStats& stats, account::Traffic& traffic) {
  stats.cycles = end;
  stats.active_pes = static_cast<std::int64_t>(full_->active.size());
  stats.pe_cycles = pe_cycles_;
  stats.pe_cycles[PeState::unmapped] += (spec_.pes() - static_cast<std::int64_t>(pes_.size())) * end;
  for (const PeTimes& each : pes_) {
    const bool to_the_end = each.last_step == last_step_;
    stats.pe_cycles[to_the_end ? PeState::fill_drain : PeState::unmapped] += end - each.free_at;
  }
  const auto add_input = [&](Tensor tensor, const MulticastLink& network) {
    traffic(tensor, Flow::sent) += network.totals.words;
    traffic(tensor, Flow::received) += network.totals.received;
    if (has_register_file(tensor, spec_.pe)) traffic(tensor, Flow::stored) += network.totals.received;
  };
  add_input(Tensor::ifmap, ifmap_);
  add_input(Tensor::weight, weights_);
  traffic(Tensor::psum, Flow::sent) += psum_path_.in.totals.words;
  traffic(Tensor::psum, Flow::received) += psum_path_.in.totals.words;
  traffic(Tensor::psum, Flow::returned) += psum_path_.out.totals.words;
  traffic(Tensor::psum, Flow::passed) += psum_path_.neighbour.words;
  const auto link = [&](Link l) -> stats::LinkCycles& { return stats.links[static_cast<std::size_t>(l)]; };
  link(Link::ifmap) = ifmap_.link_cycles(end);
  link(Link::weight) = weights_.link_cycles(end);
  link(Link::psum_in) = psum_path_.in.link_cycles(end);
  link(Link::psum_out) = psum_path_.out.link_cycles(end);
}

}  // namespace weir::timing
