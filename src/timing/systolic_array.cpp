#include "timing/systolic_array.h"

#include <algorithm>

#include "mapping/footprint.h"
#include "timing/buffer_tiles.h"
#include "timing/dram_link.h"
#include "timing/invariants.h"
#include "timing/layer_totals.h"
#include "timing/weights_by_link.h"

namespace weir::timing {

using enum Dimension;
using account::Flow;

void SystolicArray::begin_layer(const Layer& product, const LoopNest& nest, const Mapping& mapping,
                                bool dram_hidden, WeightSource* source) {
  roles_ = systolic_roles(mapping, spec_).value();
  dram_hidden_ = dram_hidden;
  source_ = source;
  traffic_ = {};
  timeline_.emplace(spec_, roles_.stationary);
  walker_.emplace(nest);
  ahead_.emplace(nest);
  more_ = more_ahead_ = true;
  const Extents& full = nest.tile(Level::pe_rows);
  active_pes_ = full[roles_.rows] * full[roles_.columns];
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
  const std::int64_t ifmap = e[P] * e[C], weights = e[C] * e[M], psums = e[P] * e[M];
  const auto send = [&](Tensor tensor, std::int64_t words) {
    traffic_(tensor, Flow::sent) += words;
    traffic_(tensor, Flow::received) += words;
  };
  send(Tensor::ifmap, ifmap);
  send(Tensor::weight, weights);
  if (reads_psums(tile)) send(Tensor::psum, psums);
  traffic_(Tensor::psum, Flow::returned) += psums;

  // What enters on the left crosses all columns, what enters at the top all rows; a stationary word stops in
  // its row, and an output begins in its row.
  const std::int64_t across = spec_.columns - 1, down = spec_.rows - 1;
  const std::int64_t rows = e[roles_.rows], columns = e[roles_.columns];
  const auto pass = [&](Tensor tensor, std::int64_t hops) { traffic_(tensor, Flow::passed) += hops; };
  if (roles_.stationary == Tensor::psum) {
    pass(Tensor::ifmap, ifmap * across);
    pass(Tensor::weight, weights * down);
    pass(Tensor::psum, columns * (rows * down - rows * (rows - 1) / 2));
    return;
  }
  const bool holds_weights = roles_.stationary == Tensor::weight;
  pass(holds_weights ? Tensor::ifmap : Tensor::weight, (holds_weights ? ifmap : weights) * across);
  pass(roles_.stationary, columns * (rows * (rows - 1) / 2));
  pass(Tensor::psum, psums * down);
  traffic_(roles_.stationary, Flow::stored) += holds_weights ? weights : ifmap;
}

void SystolicArray::end_layer(Cycle end, stats::LayerStats& stats, account::Traffic& traffic) {
  stats.cycles = end;
  stats.active_pes = active_pes_;
  timeline_->finish(end, stats);
  traffic += traffic_;
}

stats::LayerStats schedule_product(const Layer& product, const Mapping& mapping,
                                   const Accelerator& accelerator, Overlap overlap, std::int64_t zero_macs) {
  stats::LayerStats stats;
  account::Traffic traffic;
  const LoopNest nest(mapping, product);
  DramLink dram(accelerator.dram);
  const bool hidden = overlap == Overlap::processing;
  dram.begin_layer(hidden);
  WeightsByLink weights(dram);
  SystolicArray array(accelerator);
  array.begin_layer(product, nest, mapping, hidden, mapping.weights_in_global_buffer ? nullptr : &weights);
  BufferTiles tiles(nest, product, mapping.weights_in_global_buffer, accelerator.global_buffer);
  Cycle finished = 0;
  do {
    tiles.count(traffic);
    const Cycle drained = dram.transfer(tiles.drained(), finished);
    const Cycle loaded = dram.transfer(tiles.fetched(), finished);
    finished = array.run_tile(std::max(drained, loaded));
  } while (tiles.next());
  tiles.count(traffic);
  array.end_layer(std::max(array.done(), dram.transfer(tiles.drained(), finished)), stats, traffic);
  const auto accounting = account::Accounting::of_array(accelerator, account::held_by(array.roles()),
                                                        mapping.weights_in_global_buffer);
  complete(stats, traffic, accounting, product, accelerator, zero_macs, dram.busy());
  check_invariants(stats, traffic, product, overlap, accelerator, dram.words());
  return stats;
}

}  // namespace weir::timing
