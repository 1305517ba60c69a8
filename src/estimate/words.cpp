#include "estimate/words.h"

#include <algorithm>

namespace weir::estimate {
namespace {

using enum Dimension;

/// Where the tile before the first stands: far from all others.
constexpr std::int64_t kNowhere = std::int64_t{1} << 20;

/// The moves of all dimensions: at the first step (everything is new), or when a loop advances.
PerDimension<Moves> first_moves(const View& view) {
  PerDimension<Moves> moves;
  for (const Dimension d : kAllDimensions)
    moves[d] = {{{1, kNowhere, false, view.positions[d].count == 1}, {}}};
  return moves;
}

PerDimension<Moves> advance_moves(const View& view, std::size_t loop) {
  PerDimension<Moves> moves;
  for (const Dimension d : kAllDimensions) moves[d] = moves_of(d, view.positions[d], view.loops, loop);
  return moves;
}

AxisSums tensor_sums(Tensor tensor, const View& view, const PerDimension<Moves>& moves, const Layer& layer) {
  const auto& p = view.positions;
  AxisSums sums{1, 1, 1, 1};
  if (tensor == Tensor::ifmap) {
    for (const Dimension d : {G, N, C}) sums *= index_axis(p[d], moves[d]);
    sums *= sliding_axis(p[P], moves[P], layer.stride.vertical, p[R], moves[R], layer.dilation.vertical);
    sums *= sliding_axis(p[Q], moves[Q], layer.stride.horizontal, p[S], moves[S], layer.dilation.horizontal);
    sums *= absent_axis(p[M], moves[M]);
  } else {
    for (const Dimension d : {G, M, C, R, S}) sums *= index_axis(p[d], moves[d]);
    for (const Dimension d : {N, P, Q}) sums *= absent_axis(p[d], moves[d]);
  }
  return sums;
}

/// Words of all ifmap tiles, and of those that stay where they are, of a view that has one part only.
AxisSums whole_tiles(const View& view, const PerDimension<Moves>& moves, const Layer& layer) {
  PerDimension<Moves> staying = moves;
  for (const Dimension d : kAllDimensions) {
    for (Move& move : staying[d]) {
      if (move.back != 0 && touches(d, Tensor::ifmap)) move.times = 0;
    }
  }
  AxisSums sums = tensor_sums(Tensor::ifmap, view, moves, layer);
  sums.held = sums.kept = tensor_sums(Tensor::ifmap, view, staying, layer).needed;
  return sums;
}

/// How many of the transitions move a dimension that the tensor has.
std::int64_t arrivals(Tensor tensor, const PerDimension<Moves>& moves) {
  std::int64_t all = 1, staying = 1;
  for (const Dimension d : kAllDimensions) {
    std::int64_t times = 0, still = 0;
    for (const Move& move : moves[d]) {
      times += move.times;
      if (move.back == 0 || !touches(d, tensor)) still += move.times;
    }
    all *= times;
    staying *= still;
  }
  return all - staying;
}

/// Sums over a set of transitions of the words of the psum tile entered, once for all and once for those that
/// stay.
struct Entered {
  std::int64_t all = 1, staying = 1, all_by_part = 1, staying_by_part = 1, all_of_first = 1,
               staying_of_first = 1;
};

Entered psums_entered(const View& view, const PerDimension<Moves>& moves) {
  Entered entered;
  for (const Dimension d : kAllDimensions) {
    const Positions& p = view.positions[d];
    std::int64_t words = 0, words_staying = 0, parts = 0, times = 0, first = 0, first_staying = 0;
    for (const Move& move : moves[d]) {
      const std::int64_t extent = move.to_last ? p.last_extent() : p.span();
      times += move.times;
      words += move.times * extent;
      words_staying += move.back == 0 ? move.times * extent : 0;
      parts += move.times * ((extent + p.part - 1) / p.part);
      first += move.times * std::min(extent, p.part);
      first_staying += move.back == 0 ? move.times * std::min(extent, p.part) : 0;
    }
    const bool summed = is_reduction(d);
    entered.all *= summed ? times : words;
    entered.staying *= summed ? times : words_staying;
    entered.all_by_part *= summed ? parts : words;
    entered.staying_by_part *= summed ? parts : words_staying;
    entered.all_of_first *= summed ? times : first;
    entered.staying_of_first *= summed ? times : first_staying;
  }
  return entered;
}

Extents spans(const Mapping& mapping, std::initializer_list<Level> levels) {
  Extents spans;
  spans.values.fill(1);
  for (const Level level : levels) {
    for (const Loop& loop : mapping.at(level)) spans[loop.dimension] *= loop.bound;
  }
  return spans;
}

/// Loops whose positions are all of the dimension; a loop longer than the dimension's rest has no more of
/// them.
PerDimension<Positions> positions_of(const Layer& layer, const Extents& parts, const Extents& places) {
  PerDimension<Positions> positions;
  for (const Dimension d : kAllDimensions) {
    const std::int64_t bound = layer.bounds[d];
    const std::int64_t part = std::min(parts[d], bound);
    const std::int64_t fitting = std::min(places[d], (bound + part - 1) / part);
    const std::int64_t count = (bound + part * fitting - 1) / (part * fitting);
    positions[d] = {bound, part, fitting, count};
  }
  return positions;
}

}  // namespace

View buffer_view(const Mapping& mapping, const Layer& layer) {
  View view;
  view.loops.append(mapping.at(Level::dram));
  Extents ones;
  ones.values.fill(1);
  view.positions = positions_of(
      layer, spans(mapping, {Level::global_buffer, Level::pe_rows, Level::pe_columns, Level::pe}), ones);
  return view;
}

View array_view(const Mapping& mapping, const Layer& layer) {
  View view;
  view.loops.append(mapping.at(Level::dram));
  view.loops.append(mapping.at(Level::global_buffer));
  view.positions =
      positions_of(layer, spans(mapping, {Level::pe}), spans(mapping, {Level::pe_rows, Level::pe_columns}));
  return view;
}

Traffic traffic(const View& view, const Layer& layer, bool whole) {
  Traffic total;
  const auto add = [&](const PerDimension<Moves>& moves) {
    const auto add_input = [&](Tensor tensor, InputWords& words) {
      const AxisSums sums = whole && tensor == Tensor::ifmap ? whole_tiles(view, moves, layer)
                                                             : tensor_sums(tensor, view, moves, layer);
      words.sent += sums.needed - sums.held;
      words.received += sums.taken - sums.kept;
    };
    add_input(Tensor::ifmap, total.ifmap);
    add_input(Tensor::weight, total.weight);
    total.psum.visits += arrivals(Tensor::psum, moves);
    const Entered entered = psums_entered(view, moves);
    const std::int64_t words = entered.all - entered.staying;
    total.psum.leaving += words;
    total.psum.neighbour += entered.all_by_part - entered.staying_by_part - words;
    total.psum.of_first += entered.all_of_first - entered.staying_of_first;
  };
  add(first_moves(view));
  for (std::size_t loop = 0; loop < view.loops.count; ++loop) {
    const PerDimension<Moves> moves = advance_moves(view, loop);
    add(moves);
    total.ifmap_arrivals += arrivals(Tensor::ifmap, moves);
    total.weight_arrivals += arrivals(Tensor::weight, moves);
  }
  return total;
}

}  // namespace weir::estimate
