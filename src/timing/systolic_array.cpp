#include "timing/systolic_array.h"

#include <algorithm>

#include "mapping/footprint.h"
#include "timing/buffer_tiles.h"
#include "timing/dram_link.h"
#include "timing/invariants.h"
#include "timing/weights_by_link.h"

namespace weir::timing {

using enum Dimension;
using stats::Action;
using stats::Component;
using stats::Data;
using stats::PeState;

void SystolicArray::begin_layer(const Layer& product, const LoopNest& nest, const Mapping& mapping,
                                bool dram_hidden, WeightSource* source, stats::LayerStats& stats) {
  roles_ = systolic_roles(mapping, spec_).value();
  dram_hidden_ = dram_hidden;
  source_ = source;
  stats_ = &stats;
  timeline_.emplace(spec_, roles_.stationary);
  walker_.emplace(nest);
  ahead_.emplace(nest);
  more_ = more_ahead_ = true;
  const Extents& full = nest.tile(Level::pe_rows);
  stats.active_pes = full[roles_.rows] * full[roles_.columns];
  first_requests_ = std::clamp<std::int64_t>(
      spec_.global_buffer.weight_prefetch_words / footprint_words(Tensor::weight, full, product), 1,
      kMostFoldsAhead);
}

Cycle SystolicArray::run_tile(Cycle ready) {
  if (source_ != nullptr) {
    for (; first_requests_ > 0; --first_requests_) request_weights(0);
  }
  do {
    run_fold(walker_->tile(), ready);
    more_ = walker_->next();
  } while (more_ && !walker_->enters_buffer_tile());
  return dram_hidden_ ? 0 : timeline_->done();
}

void SystolicArray::run_fold(const Tile& tile, Cycle ready) {
  const Cycle weights_ready = source_ != nullptr ? source_->ready() : 0;
  const Extents& e = tile.extents;
  timeline_->begin({e[roles_.rows], e[roles_.columns], e[roles_.stream], reads_psums(tile)},
                   std::max(ready, weights_ready), weights_ready > ready);
  if (source_ != nullptr) request_weights(timeline_->stationary_sent());
  count(tile);
}

void SystolicArray::request_weights(Cycle earliest) {
  if (!more_ahead_) return;
  const Extents& extents = ahead_->tile().extents;
  source_->request(extents[C] * extents[M], earliest);
  more_ahead_ = ahead_->next();
}

void SystolicArray::count(const Tile& tile) {
  const Extents& e = tile.extents;
  stats::Counts& counts = stats_->counts;
  const std::int64_t ifmap = e[P] * e[C], weights = e[C] * e[M], psums = e[P] * e[M];
  const auto send = [&](Data data, std::int64_t words) {
    counts.add(Component::global_buffer, data, Action::read, words);
    counts.add(Component::network, data, Action::hop, words);
  };
  send(Data::ifmap, ifmap);
  send(Data::weight, weights);
  if (reads_psums(tile)) send(Data::psum, psums);
  counts.add(Component::global_buffer, Data::psum, Action::write, psums);
  counts.add(Component::network, Data::psum, Action::hop, psums);
  if (source_ != nullptr) {
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

void SystolicArray::end_layer(Cycle end, std::int64_t zero_macs) {
  stats::LayerStats& result = *stats_;
  result.cycles = end;
  timeline_->finish(end, result);
  const std::int64_t gated = spec_.pe.zero_gating ? zero_macs : 0;
  result.macs = result.pe_cycles[PeState::mac];
  result.pe_cycles[PeState::mac] -= gated;
  result.pe_cycles[PeState::gated_mac] += gated;
  const auto use_register = [&](Tensor tensor, Action action, std::int64_t times) {
    if (tensor == roles_.stationary)
      result.counts.add(Component::register_file, static_cast<Data>(tensor), action, times);
  };
  use_register(Tensor::ifmap, Action::read, result.macs);
  use_register(Tensor::weight, Action::read, result.macs - gated);
  use_register(Tensor::psum, Action::read, result.macs);
  use_register(Tensor::psum, Action::write, result.macs);
  result.counts.add(Component::mac, Data::psum, Action::mac, result.macs - gated);
  result.counts.add(Component::mac, Data::psum, Action::gated_mac, gated);
}

stats::LayerStats schedule_product(const Layer& product, const Mapping& mapping,
                                   const Accelerator& accelerator, Overlap overlap, std::int64_t zero_macs) {
  stats::LayerStats stats;
  const LoopNest nest(mapping, product);
  DramLink dram(accelerator.dram);
  const bool hidden = overlap == Overlap::processing;
  dram.begin_layer(hidden);
  WeightsByLink weights(dram);
  SystolicArray array(accelerator);
  array.begin_layer(product, nest, mapping, hidden, mapping.weights_in_global_buffer ? nullptr : &weights,
                    stats);
  BufferTiles tiles(nest, product, mapping.weights_in_global_buffer, accelerator.global_buffer);
  Cycle finished = 0;
  do {
    tiles.count(stats.counts);
    const Cycle drained = dram.transfer(tiles.drained(), finished);
    const Cycle loaded = dram.transfer(tiles.fetched(), finished);
    finished = array.run_tile(std::max(drained, loaded));
  } while (tiles.next());
  tiles.count(stats.counts);
  array.end_layer(std::max(array.done(), dram.transfer(tiles.drained(), finished)), zero_macs);
  stats.links[static_cast<std::size_t>(stats::Link::dram)] = {
      dram.busy(), 0, std::max<std::int64_t>(0, stats.cycles - dram.busy())};
  check_invariants(stats, product, overlap, accelerator, dram.words());
  return stats;
}

}  // namespace weir::timing
