#include "estimate/words.h"

#include <algorithm>

#include "base/ceil_div.h"
#include "mapping/array_shape.h"

namespace weir::estimate {
namespace {

using enum Dimension;

/// A value for each dimension, not set: to set all would take as long as some loops.
template <typename T>
struct Unset {
  std::array<T, kDimensions> values;

  T& operator[](Dimension d) { return values[static_cast<std::size_t>(d)]; }
  const T& operator[](Dimension d) const { return values[static_cast<std::size_t>(d)]; }
};

/// A set of transitions as one dimension sees them: sums that the words of tensors are products of.
struct Sums {
  std::int64_t times;          ///< transitions
  std::int64_t times_staying;  ///< of them, those that leave the dimension where it was
  std::int64_t words;          ///< indices of the tile entered
  std::int64_t words_staying;
  std::int64_t held;   ///< indices of which every part holds what it needs
  std::int64_t parts;  ///< parts with work
  std::int64_t first;  ///< indices of the first part
  std::int64_t first_staying;
};

/// What a position's tile adds to the sums; the last position may be cut.
struct Position {
  std::int64_t words, parts, first;
};
Position full_position(const Positions& p) { return {p.span, p.places, p.part}; }
Position last_position(const Positions& p) {
  const std::int64_t words = p.last_extent;
  return {words, p.parts_in(words), std::min(words, p.part)};
}

/// Adds up what the transitions of one loop after the other move, from the innermost outwards.
class TrafficSum {
 public:
  TrafficSum(const View& view, const Layer& layer, const Keeping& keeping)
      : positions_(view.positions),
        keeping_(keeping),
        vertical_{P, R, {positions_[P], layer.stride.vertical, positions_[R], layer.dilation.vertical}},
        horizontal_{
            Q, S, {positions_[Q], layer.stride.horizontal, positions_[S], layer.dilation.horizontal}} {
    inside_.values.fill(1);
    for (const Dimension d : kAllDimensions) {
      const Positions& p = positions_[d];
      last_[d] = last_position(p);
      full_[d] = p.count == 1 ? last_[d] : full_position(p);
      has_parts_ = has_parts_ || p.places > 1;
      // The first step: everything is new.
      set(d, 1, 0, 1, full_[d], {});
    }
    for (const Dimension d : {C, R, S}) summed_by_neighbours_[d] = sums_neighbours(d, keeping.sums);
    for (Axis* axis : {&vertical_, &horizontal_}) axis->sums = axis->words.entered();
    add();
    for (const Dimension d : kAllDimensions) stand_beside(d);
  }

  void advance(const Loop& loop) {
    const Dimension d = loop.dimension;
    const Moves ahead = moves_ahead(positions_[d], inside_[d], loop.bound);
    go_ahead(d, ahead);
    for (Axis* axis : {&vertical_, &horizontal_}) {
      const bool moves = d == axis->output || d == axis->tap;
      if (moves || axis->is_stale)
        slide(*axis, d == axis->output ? ahead : beside_[axis->output],
              d == axis->tap ? ahead : beside_[axis->tap]);
      axis->is_stale = moves;
    }
    add();
    inside_[d] *= loop.bound;
    stand_beside(d);
  }

  const Crossings& total() const { return total_; }

 private:
  struct Axis {
    Dimension output, tap;
    SlidingAxis words;
    AxisSums sums = {};
    bool is_stale = true;  ///< the sums are not those of a loop over other dimensions
  };

  /// The transitions of a loop over another dimension, moves_beside(): each run of this one begins anew.
  void stand_beside(Dimension d) {
    const Positions& p = positions_[d];
    const Position& full = full_[d];
    const Position& last = last_[d];
    beside_[d] = moves_beside(p, inside_[d]);
    if (p.count == 1) {
      Sums& sums = sums_[d];
      sums.times = sums.times_staying = 1;
      sums.words = sums.words_staying = sums.held = last.words;
      sums.parts = last.parts;
      sums.first = sums.first_staying = last.first;
      return;
    }
    if (inside_[d] == 1) return set(d, p.count, p.count, p.count - 1, full, last);
    const std::int64_t runs = beside_[d][0].times + 1;
    const std::int64_t in_last_run = beside_[d][1].back + 1;
    if (in_last_run == 1) {
      set(d, runs, 1, runs - 1, full, last);
      Sums& sums = sums_[d];
      sums.words_staying = sums.held = last.words;
      sums.first_staying = last.first;
    } else {
      set(d, runs, 0, runs, full, {});
      // Parts that the last position does not reach are where they were.
      if (in_last_run == 2 && p.cut()) sums_[d].held = p.span - last.parts * p.part;
    }
  }

  /// The transitions of a loop over this dimension, moves_ahead().
  void go_ahead(Dimension d, const Moves& moves) {
    set(d, moves[0].times + moves[1].times, 0, moves[0].times, full_[d],
        moves[1].times == 1 ? last_[d] : Position{});
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

  void slide(Axis& axis, const Moves& outputs, const Moves& taps) const {
    axis.sums = axis.words.transitions(outputs, taps);
    // Of a tile that moves nothing is kept: what is held of an axis is what both its dimensions leave in
    // place.
    if (keeping_.whole_tiles)
      axis.sums.held = axis.sums.kept =
          axis.words.transitions(only_staying(outputs), only_staying(taps)).needed;
  }
  static Moves only_staying(Moves moves) {
    for (Move& move : moves) move.times = move.back == 0 ? move.times : 0;
    return moves;
  }

  /// Adds what a set of transitions moves: each sum over all steps is a product over dimensions.
  void add() {
    const Sums &g = sums_[G], &n = sums_[N], &m = sums_[M], &c = sums_[C], &p = sums_[P], &q = sums_[Q],
               &r = sums_[R], &s = sums_[S];
    const AxisSums &vertical = vertical_.sums, &horizontal = horizontal_.sums;
    // PEs that are unrolled over a dimension which a tensor does not have need the same words.
    const std::int64_t ifmaps = g.words * n.words * c.words;
    const std::int64_t ifmaps_held = keeping_.ifmap ? g.held * n.held * c.held : 0;
    const std::int64_t to_ifmap =
        ifmaps * vertical.needed * horizontal.needed - ifmaps_held * vertical.held * horizontal.held;
    const std::int64_t weights = g.words * m.words * c.words * r.words * s.words -
                                 (keeping_.weight ? g.held * m.held * c.held * r.held * s.held : 0);
    // A psum tile that is entered is one that was left.
    const std::int64_t psums = g.words * n.words * m.words * p.words * q.words -
                               (keeping_.psum ? g.words_staying * n.words_staying * m.words_staying *
                                                    p.words_staying * q.words_staying
                                              : 0);
    const std::int64_t windows = n.times * p.times * q.times;
    const std::int64_t windows_staying = n.times_staying * p.times_staying * q.times_staying;
    const std::int64_t taps = c.times * r.times * s.times;
    const std::int64_t taps_staying = c.times_staying * r.times_staying * s.times_staying;
    total_.ifmap.sent += to_ifmap * m.times;
    total_.weight.sent += weights * windows;
    total_.psum.visits +=
        (g.times * m.times * windows - g.times_staying * m.times_staying * windows_staying) * taps;
    total_.ifmap_arrivals +=
        (g.times * windows * taps - g.times_staying * windows_staying * taps_staying) * m.times;
    total_.weight_arrivals +=
        (g.times * m.times * taps - g.times_staying * m.times_staying * taps_staying) * windows;
    if (!has_parts_) {
      total_.ifmap.received += to_ifmap * m.times;
      total_.weight.received += weights * windows;
      total_.psum.leaving += psums * taps;
      total_.psum.of_first += psums * taps;
      return;
    }
    total_.ifmap.received +=
        (ifmaps * vertical.taken * horizontal.taken - ifmaps_held * vertical.kept * horizontal.kept) *
        m.parts;
    total_.weight.received += weights * n.parts * p.parts * q.parts;
    // Sums that neighbours do not add leave by themselves.
    const auto leaving_by = [&](Dimension d, const Sums& sums) {
      return summed_by_neighbours_[d] ? sums.times : sums.parts;
    };
    const std::int64_t leaving = leaving_by(C, c) * leaving_by(R, r) * leaving_by(S, s);
    total_.psum.leaving += psums * leaving;
    total_.psum.neighbour += psums * (c.parts * r.parts * s.parts - leaving);
    total_.psum.of_first += (g.first * n.first * m.first * p.first * q.first -
                             (keeping_.psum ? g.first_staying * n.first_staying * m.first_staying *
                                                  p.first_staying * q.first_staying
                                            : 0)) *
                            taps;
  }

  const PerDimension<Positions>& positions_;
  const Keeping& keeping_;
  bool has_parts_ = false;  ///< else what parts receive is what is sent
  Extents inside_;
  Unset<Position> full_, last_;
  PerDimension<bool> summed_by_neighbours_;
  Unset<Moves> beside_;  ///< of each dimension when another one's loop advances
  Unset<Sums> sums_;
  Axis vertical_, horizontal_;
  Crossings total_;
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
    if (part == bound) {
      positions[d] = {bound, 1, 1, bound, bound};
      continue;
    }
    const std::int64_t parts_there = ceil_div(bound, part);
    const std::int64_t fitting = std::min(places[d], parts_there);
    const std::int64_t count = fitting == 1 ? parts_there : ceil_div(parts_there, fitting);
    positions[d] = Positions::covering(bound, part, fitting, count);
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

Crossings crossings(const View& view, const Layer& layer, const Keeping& keeping) {
  TrafficSum sum(view, layer, keeping);
  for (std::size_t loop = view.loops.count; loop-- > 0;) sum.advance(view.loops.loops[loop]);
  return sum.total();
}

}  // namespace weir::estimate
