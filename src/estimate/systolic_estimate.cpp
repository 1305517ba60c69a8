#include "estimate/systolic_estimate.h"

#include <algorithm>

#include "estimate/words.h"
#include "timing/systolic_array.h"
#include "workload/ceil_div.h"

namespace weir::estimate {

using enum Dimension;
using stats::Action;
using stats::Component;
using stats::Data;

namespace {}  // namespace

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
  count(result.counts);
  count_hops(result.counts);
  result.active_pes = tile_[roles_.rows] * tile_[roles_.columns];
  result.cycles = unstalled_cycles();
  return result;
}

Evaluation SystolicEstimate::evaluate() const {
  Evaluation result = least();
  if (overlap_ != Overlap::processing || !stalls_never())
    result.cycles = timing::schedule_product(layer_, mapping_, accelerator_, overlap_, 0).cycles;
  return result;
}

void SystolicEstimate::count(stats::Counts& counts) const {
  const Extents& b = layer_.bounds;
  // Each fold sends all its words: a word is sent once for each step of the dimension that it does not have.
  const std::int64_t ifmap = b[G] * b[P] * b[C] * steps_[M];
  const std::int64_t weights = b[G] * b[C] * b[M] * steps_[P];
  const std::int64_t outputs = b[G] * b[P] * b[M];
  const std::int64_t written = outputs * steps_[C];
  const std::int64_t read_back = accelerator_.networks.psum_ports.reads_initial ? written : written - outputs;
  const Traffic to_buffer = traffic(buffer_view(mapping_, layer_), layer_, {});
  const auto count_input = [&](Data data, std::int64_t sent, std::int64_t loaded) {
    counts.add(Component::dram, data, Action::read, loaded);
    counts.add(Component::global_buffer, data, Action::write, loaded);
    counts.add(Component::global_buffer, data, Action::read, sent);
    counts.add(Component::network, data, Action::hop, sent);
  };
  count_input(Data::ifmap, ifmap, to_buffer.ifmap.sent);
  count_input(Data::weight, weights, mapping_.weights_in_global_buffer ? to_buffer.weight.sent : weights);
  const std::int64_t drained = to_buffer.psum.leaving;
  counts.add(Component::dram, Data::psum, Action::write, drained);
  counts.add(Component::dram, Data::psum, Action::read, drained - outputs);
  counts.add(Component::global_buffer, Data::psum, Action::read, read_back + drained);
  counts.add(Component::global_buffer, Data::psum, Action::write, written + drained - outputs);
  counts.add(Component::network, Data::psum, Action::hop, read_back + written);

  const std::int64_t macs = layer_.macs();
  const auto held = static_cast<Data>(roles_.stationary);
  counts.add(Component::register_file, held, Action::read, macs);
  counts.add(Component::register_file, held, Action::write,
             roles_.stationary == Tensor::psum ? macs : (held == Data::weight ? weights : ifmap));
  counts.add(Component::mac, Data::psum, Action::mac, macs);
}

void SystolicEstimate::count_hops(stats::Counts& counts) const {
  const Extents& b = layer_.bounds;
  const std::int64_t across = accelerator_.columns - 1, down = accelerator_.rows - 1;
  const auto hop = [&](Data data, std::int64_t hops) {
    counts.add(Component::neighbour, data, Action::hop, hops);
  };
  const auto sent = [&](Data data) { return counts.get(Component::network, data, Action::hop); };
  const auto triangle = [](std::int64_t n) { return n * (n - 1) / 2; };
  // Each fold has the words of its rows and columns once; those of a stationary word or an output by its row.
  const std::int64_t by_row =
      over_steps(roles_.rows, triangle) * b[roles_.columns] * b[G] * steps_[roles_.stream];
  if (roles_.stationary == Tensor::psum) {
    hop(Data::ifmap, sent(Data::ifmap) * across);
    hop(Data::weight, sent(Data::weight) * down);
    hop(Data::psum, b[G] * b[P] * b[M] * steps_[C] * down - by_row);
    return;
  }
  const bool holds_weights = roles_.stationary == Tensor::weight;
  const Data streams = holds_weights ? Data::ifmap : Data::weight;
  hop(streams, sent(streams) * across);
  hop(holds_weights ? Data::weight : Data::ifmap, by_row);
  hop(Data::psum, b[G] * b[P] * b[M] * steps_[C] * down);
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
