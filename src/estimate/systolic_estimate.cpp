#include "estimate/systolic_estimate.h"

#include <algorithm>

#include "account/accounting.h"
#include "base/ceil_div.h"
#include "estimate/words.h"
#include "timing/schedule.h"

namespace weir::estimate {

using enum Dimension;
using account::Flow;

SystolicEstimate::SystolicEstimate(const Layer& product, const Accelerator& accelerator,
                                   const Mapping& mapping, Overlap overlap)
    : layer_(product),
      accelerator_(accelerator),
      mapping_(mapping),
      overlap_(overlap),
      roles_(systolic_roles(mapping, accelerator).value()) {
  tile_.values.fill(1);
  for (const Level level : {Level::pe_rows, Level::pe_columns, Level::pe}) {
    for (const Loop& loop : mapping.at(level)) tile_[loop.dimension] *= loop.bound;
  }
  for (const Dimension d : kAllDimensions) {
    tile_[d] = std::min(tile_[d], layer_.bounds[d]);
    steps_[d] = ceil_div(layer_.bounds[d], tile_[d]);
  }
}

template <typename Of>
std::int64_t SystolicEstimate::over_steps(Dimension d, Of of) const {
  return (steps_[d] - 1) * of(tile_[d]) + of(layer_.bounds[d] - (steps_[d] - 1) * tile_[d]);
}

Evaluation SystolicEstimate::least() const {
  Evaluation result;
  account::Traffic traffic;
  move(traffic);
  pass(traffic);
  const auto accounting = account::Accounting::of_array(accelerator_, account::held_by(roles_),
                                                        mapping_.weights_in_global_buffer);
  result.counts = accounting.counts(traffic);
  result.active_pes = tile_[roles_.rows] * tile_[roles_.columns];
  result.cycles = unstalled_cycles();
  return result;
}

Evaluation SystolicEstimate::evaluate() const {
  Evaluation result = least();
  if (overlap_ != Overlap::processing || !stalls_never())
    result.cycles = timing::schedule_mapped(layer_, mapping_, accelerator_, overlap_).cycles;
  return result;
}

void SystolicEstimate::move(account::Traffic& traffic) const {
  const Extents& b = layer_.bounds;
  // Each fold sends all its words: a word is sent once for each step of the dimension that it does not have.
  const std::int64_t ifmap = b[G] * b[P] * b[C] * steps_[M];
  const std::int64_t weights = b[G] * b[C] * b[M] * steps_[P];
  const std::int64_t outputs = b[G] * b[P] * b[M];
  const std::int64_t written = outputs * steps_[C];
  const std::int64_t read_back = accelerator_.networks.psum_ports.reads_initial ? written : written - outputs;
  const Crossings to_buffer = crossings(buffer_view(mapping_, layer_), layer_, {});
  const auto send = [&](Tensor tensor, std::int64_t words) {
    traffic(tensor, Flow::sent) = traffic(tensor, Flow::received) = words;
  };
  send(Tensor::ifmap, ifmap);
  send(Tensor::weight, weights);
  send(Tensor::psum, read_back);
  traffic(Tensor::ifmap, Flow::fetched) = to_buffer.ifmap.sent;
  if (mapping_.weights_in_global_buffer) traffic(Tensor::weight, Flow::fetched) = to_buffer.weight.sent;
  traffic(Tensor::psum, Flow::returned) = written;
  traffic(Tensor::psum, Flow::drained) = to_buffer.psum.leaving;
  traffic(Tensor::psum, Flow::fetched) = to_buffer.psum.leaving - outputs;
  traffic(Tensor::psum, Flow::finished) = outputs;
  if (roles_.stationary != Tensor::psum)
    traffic(roles_.stationary, Flow::stored) = roles_.stationary == Tensor::weight ? weights : ifmap;
  traffic.set_macs(layer_.macs(), 0);
}

void SystolicEstimate::pass(account::Traffic& traffic) const {
  const Extents& b = layer_.bounds;
  const std::int64_t across = accelerator_.columns - 1, down = accelerator_.rows - 1;
  const auto hop = [&](Tensor tensor, std::int64_t hops) { traffic(tensor, Flow::passed) = hops; };
  const auto sent = [&](Tensor tensor) { return traffic(tensor, Flow::sent); };
  const auto triangle = [](std::int64_t n) { return n * (n - 1) / 2; };
  // Each fold has the words of its rows and columns once; those of a stationary word or an output by its row.
  const std::int64_t by_row =
      over_steps(roles_.rows, triangle) * b[roles_.columns] * b[G] * steps_[roles_.stream];
  if (roles_.stationary == Tensor::psum) {
    hop(Tensor::ifmap, sent(Tensor::ifmap) * across);
    hop(Tensor::weight, sent(Tensor::weight) * down);
    hop(Tensor::psum, b[G] * b[P] * b[M] * steps_[C] * down - by_row);
    return;
  }
  const Tensor streams = roles_.stationary == Tensor::weight ? Tensor::ifmap : Tensor::weight;
  hop(streams, sent(streams) * across);
  hop(roles_.stationary, by_row);
  hop(Tensor::psum, b[G] * b[P] * b[M] * steps_[C] * down);
}

bool SystolicEstimate::stalls_never() const {
  const NetworksSpec& networks = accelerator_.networks;
  const std::int64_t rows = tile_[roles_.rows], columns = tile_[roles_.columns];
  const std::int64_t ifmap = roles_.stationary == Tensor::ifmap ? columns : rows;
  const std::int64_t weights = roles_.stationary == Tensor::ifmap ? rows : columns;
  const bool reads_psums = steps_[C] > 1 || networks.psum_ports.reads_initial;
  return networks.ifmap.words_per_cycle >= ifmap && networks.weight.words_per_cycle >= weights &&
         networks.psum_out.words_per_cycle >= columns &&
         (networks.psum_in.words_per_cycle >= columns || !reads_psums);
}

std::int64_t SystolicEstimate::unstalled_cycles() const {
  const std::int64_t rows = accelerator_.rows, columns = accelerator_.columns;
  const Dimension stream = roles_.stream;
  std::int64_t others = 1;  // folds with the same part of the stream
  for (const Dimension d : kAllDimensions) others *= d == stream ? 1 : steps_[d];
  const auto over_folds = [&](auto of) { return others * over_steps(stream, of); };
  const std::int64_t streamed = over_folds([](std::int64_t n) { return n; });
  if (!accelerator_.double_buffered) return streamed + others * steps_[stream] * (2 * rows + columns - 2);
  const std::int64_t first = tile_[stream];
  const std::int64_t last = layer_.bounds[stream] - (steps_[stream] - 1) * first;
  const auto lacking = [&](std::int64_t n) { return std::max<std::int64_t>(0, rows - n); };
  // Before each stream but the first the next stationary words must be in, or after each but the first the
  // outputs before must be out: R cycles, as far as the stream is not as long.
  const std::int64_t waited = over_folds(lacking) - lacking(roles_.stationary == Tensor::psum ? first : last);
  return streamed + waited + 2 * rows + columns - 2;
}

}  // namespace weir::estimate
