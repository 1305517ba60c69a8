#include "estimate/words.h"

#include <algorithm>

#include "mapping/array_shape.h"

namespace weir::estimate {
namespace {

using enum Dimension;

/// A set of transitions as one dimension sees them: sums that the words of tensors are products of.
struct Sums {
  std::int64_t times = 1;          ///< transitions
  std::int64_t times_staying = 1;  ///< of them, those that leave the dimension where it was
  std::int64_t words = 1;          ///< indices of the tile entered
  std::int64_t words_staying = 1;
  std::int64_t held = 1;   ///< indices of which every part holds what it needs
  std::int64_t parts = 1;  ///< parts with work
  std::int64_t first = 1;  ///< indices of the first part
  std::int64_t first_staying = 1;
};

/// What a position's tile adds to the sums; the last position may be cut.
struct Position {
  std::int64_t words, parts, first;
};
Position full_position(const Positions& p) { return {p.span(), p.places, p.part}; }
Position last_position(const Positions& p) {
  const std::int64_t words = p.last_extent();
  return {words, p.parts_in(words), std::min(words, p.part)};
}

/// Adds up what the transitions of one loop after the other move, from the innermost outwards.
class TrafficSum {
 public:
  TrafficSum(const View& view, const Layer& layer, const Keeping& keeping)
      : positions_(view.positions), layer_(layer), keeping_(keeping) {
    inside_.values.fill(1);
    for (const Dimension d : kAllDimensions) enter_first(d);
    set_vertical(first_moves(P), first_moves(R));
    set_horizontal(first_moves(Q), first_moves(S));
    add();
    for (const Dimension d : kAllDimensions) stand_beside(d);
    set_vertical(moves_beside(P), moves_beside(R));
    set_horizontal(moves_beside(Q), moves_beside(S));
  }

  void advance(const Loop& loop) {
    const Dimension d = loop.dimension;
    go_ahead(d, loop.bound);
    set_axis_of(d, estimate::moves_ahead(positions_[d], inside_[d], loop.bound));
    add();
    add_arrivals();
    inside_[d] *= loop.bound;
    stand_beside(d);
    set_axis_of(d, moves_beside(d));
  }

  const Traffic& total() const { return total_; }

 private:
  /// The first step: everything is new.
  void enter_first(Dimension d) {
    const Positions& p = positions_[d];
    const Position entered = p.count == 1 ? last_position(p) : full_position(p);
    set(d, 1, 0, 1, entered, {});
  }

  /// The transitions of a loop over another dimension, moves_beside(): each run of this one begins anew.
  void stand_beside(Dimension d) {
    const Positions& p = positions_[d];
    const std::int64_t inside = inside_[d];
    const Position full = full_position(p);
    const Position last = last_position(p);
    if (p.count == 1 || inside == 1) return set(d, p.count, p.count, p.count - 1, full, last);
    const std::int64_t runs = (p.count + inside - 1) / inside;
    const std::int64_t in_last_run = p.count - (runs - 1) * inside;
    if (in_last_run == 1) {
      set(d, runs, 1, runs - 1, full, last);
      Sums& sums = sums_[d];
      sums.words_staying = sums.held = last.words;
      sums.first_staying = last.first;
    } else {
      set(d, runs, 0, runs, full, {});
      // Parts that the last position does not reach are where they were.
      if (in_last_run == 2 && p.cut()) sums_[d].held = p.span() - last.parts * p.part;
    }
  }

  /// The transitions of a loop over this dimension, moves_ahead().
  void go_ahead(Dimension d, std::int64_t bound) {
    const Positions& p = positions_[d];
    const Moves moves = estimate::moves_ahead(p, inside_[d], bound);
    set(d, moves[0].times + moves[1].times, 0, moves[0].times, full_position(p),
        moves[1].times == 1 ? last_position(p) : Position{});
  }

  /// `full` transitions enter `position`, one enters `other`. All or none of them stay.
  void set(Dimension d, std::int64_t times, std::int64_t staying, std::int64_t full, const Position& position,
           const Position& other) {
    Sums& sums = sums_[d];
    sums.times = times;
    sums.times_staying = staying;
    sums.words = full * position.words + other.words;
    sums.parts = full * position.parts + other.parts;
    sums.first = full * position.first + other.first;
    sums.words_staying = sums.held = staying > 0 ? sums.words : 0;
    sums.first_staying = staying > 0 ? sums.first : 0;
  }

  Moves first_moves(Dimension d) const {
    constexpr std::int64_t kFarAway = std::int64_t{1} << 20;
    return {{{}, {1, kFarAway, false, positions_[d].count == 1}}};
  }
  Moves moves_beside(Dimension d) const { return estimate::moves_beside(positions_[d], inside_[d]); }
  void set_axis_of(Dimension d, const Moves& moves) {
    if (d == P) set_vertical(moves, moves_beside(R));
    if (d == R) set_vertical(moves_beside(P), moves);
    if (d == Q) set_horizontal(moves, moves_beside(S));
    if (d == S) set_horizontal(moves_beside(Q), moves);
  }
  /// Of a tile that moves nothing is kept: what is held of an axis is what both its dimensions leave in
  /// place.
  AxisSums only_staying(AxisSums sums, const Positions& outputs, Moves output_moves, std::int64_t stride,
                        const Positions& taps, Moves tap_moves, std::int64_t dilation) const {
    for (Moves* moves : {&output_moves, &tap_moves}) {
      for (Move& move : *moves) move.times = move.back == 0 ? move.times : 0;
    }
    sums.held = sums.kept = sliding_axis(outputs, output_moves, stride, taps, tap_moves, dilation).needed;
    return sums;
  }
  void set_vertical(const Moves& outputs, const Moves& taps) {
    vertical_ = sliding_axis(positions_[P], outputs, layer_.stride.vertical, positions_[R], taps,
                             layer_.dilation.vertical);
    if (!keeping_.whole_tiles) return;
    vertical_ = only_staying(vertical_, positions_[P], outputs, layer_.stride.vertical, positions_[R], taps,
                             layer_.dilation.vertical);
  }
  void set_horizontal(const Moves& outputs, const Moves& taps) {
    horizontal_ = sliding_axis(positions_[Q], outputs, layer_.stride.horizontal, positions_[S], taps,
                               layer_.dilation.horizontal);
    if (!keeping_.whole_tiles) return;
    horizontal_ = only_staying(horizontal_, positions_[Q], outputs, layer_.stride.horizontal, positions_[S],
                               taps, layer_.dilation.horizontal);
  }

  template <typename... Dimensions>
  std::int64_t product(std::int64_t Sums::*sum, Dimensions... dimensions) const {
    return ((sums_[dimensions].*sum) * ...);
  }

  void add() {
    // PEs that are unrolled over a dimension which a tensor does not have need the same words.
    const std::int64_t words = product(&Sums::words, G, N, C),
                       held = keeping_.ifmap ? product(&Sums::held, G, N, C) : 0;
    total_.ifmap.sent +=
        (words * vertical_.needed * horizontal_.needed - held * vertical_.held * horizontal_.held) *
        sums_[M].times;
    total_.ifmap.received +=
        (words * vertical_.taken * horizontal_.taken - held * vertical_.kept * horizontal_.kept) *
        sums_[M].parts;
    const std::int64_t weights =
        product(&Sums::words, G, M, C, R, S) - (keeping_.weight ? product(&Sums::held, G, M, C, R, S) : 0);
    total_.weight.sent += weights * product(&Sums::times, N, P, Q);
    total_.weight.received += weights * product(&Sums::parts, N, P, Q);
    // A psum tile that is entered is one that was left.
    const std::int64_t psums = product(&Sums::words, G, N, M, P, Q) -
                               (keeping_.psum ? product(&Sums::words_staying, G, N, M, P, Q) : 0);
    const std::int64_t times = product(&Sums::times, C, R, S);
    // Sums that neighbours do not add leave by themselves.
    std::int64_t leaving = 1;
    for (const Dimension d : {C, R, S})
      leaving *= sums_neighbours(d, keeping_.sums) ? sums_[d].times : sums_[d].parts;
    total_.psum.leaving += psums * leaving;
    total_.psum.neighbour += psums * (product(&Sums::parts, C, R, S) - leaving);
    total_.psum.of_first += (product(&Sums::first, G, N, M, P, Q) -
                             (keeping_.psum ? product(&Sums::first_staying, G, N, M, P, Q) : 0)) *
                            times;
    total_.psum.visits +=
        (product(&Sums::times, G, N, M, P, Q) - product(&Sums::times_staying, G, N, M, P, Q)) * times;
  }

  void add_arrivals() {
    const std::int64_t all = product(&Sums::times, G, N, C, P, Q, R, S);
    const std::int64_t staying = product(&Sums::times_staying, G, N, C, P, Q, R, S);
    total_.ifmap_arrivals += (all - staying) * sums_[M].times;
    total_.weight_arrivals +=
        (product(&Sums::times, G, M, C, R, S) - product(&Sums::times_staying, G, M, C, R, S)) *
        product(&Sums::times, N, P, Q);
  }

  const PerDimension<Positions>& positions_;
  const Layer& layer_;
  const Keeping& keeping_;
  Extents inside_;
  PerDimension<Sums> sums_;
  AxisSums vertical_, horizontal_;
  Traffic total_;
};

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
    if (bound == 1) continue;
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

Traffic traffic(const View& view, const Layer& layer, const Keeping& keeping) {
  TrafficSum sum(view, layer, keeping);
  for (std::size_t loop = view.loops.count; loop-- > 0;) sum.advance(view.loops.loops[loop]);
  return sum.total();
}

}  // namespace weir::estimate
