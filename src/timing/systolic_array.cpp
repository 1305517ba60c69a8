#include "timing/systolic_array.h"

#include <algorithm>

#include "mapping/footprint.h"

namespace weir::timing {

using enum Dimension;
using account::Flow;

void SystolicArray::begin_layer(const Work& work) {
  roles_ = systolic_roles(work.mapping, spec_).value();
  dram_hidden_ = work.dram_hidden;
  source_ = work.mapping.weights_in_global_buffer ? nullptr : &work.source;
  traffic_ = {};
  timeline_.emplace(spec_, roles_.stationary);
  walker_.emplace(work.nest);
  ahead_.emplace(work.nest);
  more_ = more_ahead_ = true;
  const Extents& full = work.nest.tile(Level::pe_rows);
  active_pes_ = full[roles_.rows] * full[roles_.columns];
  first_requests_ = std::clamp<std::int64_t>(
      spec_.global_buffer.weight_prefetch_words / footprint_words(Tensor::weight, full, work.layer), 1,
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
  timeline_->begin({e[roles_.rows], e[roles_.columns], e[roles_.stream],
                    reads_psums(tile.base, spec_.networks.psum_ports.reads_initial)},
                   std::max(ready, weights_ready), weights_ready > ready);
  if (source_ != nullptr) request_weights(timeline_->stationary_sent());
  count(tile);
}

void SystolicArray::request_weights(Cycle earliest) {
  if (!more_ahead_) return;
  const auto& [base, extents] = ahead_->tile();
  source_->request(extents[C] * extents[M], base, earliest);
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
  if (reads_psums(tile.base, spec_.networks.psum_ports.reads_initial)) send(Tensor::psum, psums);
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

}  // namespace weir::timing
