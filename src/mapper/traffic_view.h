#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "mapper/least_traffic.h"

// What TrafficBound works with: which loops surely move a tensor's tiles, and what that repeats.
namespace weir {

/// What repeats a dimension's traffic: nothing, its loop at dram, or its loops at dram and global_buffer.
enum class Repeat : std::uint8_t { none, by_dram, by_all };

/// A dimension along which the array's tile moves, and what each kind of repetition makes of it.
struct TrafficBound::Moving {
  Dimension dimension;
  const Split* split;
  Place buffer, dram;           ///< of its loops
  std::array<double, 3> times;  ///< repetitions
  std::array<double, 3> parts;  ///< parts that take a word, summed over repetitions

  Moving() = default;
  Moving(Dimension d, const Candidate& c)
      : dimension(d), split(&c.splits[d]), buffer(c.buffer_places[d]), dram(c.dram_places[d]) {
    times = {1, static_cast<double>(split->dram), static_cast<double>(split->steps)};
    for (const Repeat by : {Repeat::none, Repeat::by_dram, Repeat::by_all})
      parts[static_cast<std::size_t>(by)] = static_cast<double>(parts_taking(*split, by));
  }
  /// Parts that take a word which they all need, summed over its repetitions.
  static std::int64_t parts_taking(const Split& s, Repeat repeat) {
    if (repeat == Repeat::none) return s.first_parts;
    if (repeat == Repeat::by_all) return s.parts;
    return (s.dram - 1) * s.first_parts + (s.in_last_run == 1 ? s.last_parts : s.first_parts);
  }
  /// Whether it is open how its steps are split between dram and global_buffer.
  bool is_open() const { return buffer.outermost != buffer.innermost; }
};

/// All of them.
struct TrafficBound::Movings {
  explicit Movings(const Candidate& c) {
    of.values.fill(-1);
    for (const Dimension d : kAllDimensions) {
      if (c.splits[d].steps == 1) continue;
      of[d] = static_cast<std::int8_t>(count);
      all[count++] = Moving(d, c);
    }
  }
  const Moving* begin() const { return all.data(); }
  const Moving* end() const { return all.data() + count; }
  const Moving* find(Dimension d) const {
    return of[d] < 0 ? nullptr : &all[static_cast<std::size_t>(of[d])];
  }

  std::size_t count = 0;
  std::array<Moving, kDimensions> all;
  PerDimension<std::int8_t> of;  ///< its number
};

/// The loops as one level of storage sees them: the buffer's tiles, moved by the loops at dram, or the
/// array's, moved by all.
class TrafficBound::View {
 public:
  View(const Candidate& c, const Movings& movings, const TrafficBound& bound, bool of_buffer,
       const Dimension* innermost = nullptr)
      : c_(c), movings_(movings), axes_(bound.axes_), of_buffer_(of_buffer) {
    for (const Moving& m : movings) {
      const Split& s = *m.split;
      if (innermost != nullptr && m.dimension == *innermost) {
        add_innermost(m);
        continue;
      }
      if (s.dram > 1) add(m.dimension, s, of_buffer ? s.dram : s.steps, m.dram.outermost);
      if (s.buffer > 1 && !of_buffer) {
        add(m.dimension, s, s.in_last_run, m.buffer.outermost);
        add_in_part(m, m.buffer.outermost);
      }
    }
    const auto& [vertical, horizontal, others] = ifmap_;
    ifmap_mover_[0] = std::max(horizontal, others);
    ifmap_mover_[1] = std::max(vertical, others);
    ifmap_mover_[2] = std::max(ifmap_mover_[0], vertical);
  }

  Repeat repeat(Tensor tensor, const Moving& m) const {
    const std::int32_t mover = innermost_mover(tensor, m.dimension);
    if (!of_buffer_ && m.split->buffer > 1 && mover > m.buffer.innermost) return Repeat::by_all;
    if (m.split->dram > 1 && mover > m.dram.innermost) return Repeat::by_dram;
    return Repeat::none;
  }

  /// How often loops over a dimension that does not touch a tensor move its words, at least and on average.
  double repetitions(Tensor tensor, const Moving& m) const { return repeated(tensor, m).times; }

  struct Repeated {
    double times;
    double parts;  ///< the same, summed over the parts that take them
  };
  /// What follows from the repetitions of a dimension that does not touch a tensor, for the words that are
  /// surely moved within them and for the others.
  Repeated repeated(Tensor tensor, const Moving& m) const {
    const auto by = [&](Repeat repeat) {
      return Repeated{m.times[static_cast<std::size_t>(repeat)], m.parts[static_cast<std::size_t>(repeat)]};
    };
    const Repeat of_all = repeat(tensor, m);
    const Repeated least = by(of_all);
    Repeated most = least;
    if (of_all == Repeat::by_all) return most;
    for (std::size_t i = 0; i < number_of_movers_; ++i) {
      const auto& [mover, place, share] = movers_[i];
      if (!touches(mover->dimension, tensor)) continue;
      if (tensor == Tensor::ifmap && axis_of(mover->dimension) < 2) continue;  // its tiles may share words
      const Repeated moved = by(m.split->buffer > 1 && place > m.buffer.innermost ? Repeat::by_all
                                : m.split->dram > 1 && place > m.dram.innermost   ? Repeat::by_dram
                                                                                  : of_all);
      most.times = std::max(most.times, share * moved.times + (1 - share) * least.times);
      most.parts = std::max(most.parts, share * moved.parts + (1 - share) * least.parts);
    }
    return most;
  }

  /// Words that go to any part along an axis of the ifmap.
  std::int64_t sent(const Axis& axis) const {
    const std::int64_t outputs = c_.splits[axis.output].whole;
    const std::int64_t taps = c_.splits[axis.tap].whole;
    const std::int64_t output_block = block(axis.output), tap_block = block(axis.tap);
    if (output_block >= outputs && tap_block >= taps) return axis.words(outputs, taps);
    const std::int64_t by_output =
        sum_blocks(outputs, output_block, [&](std::int64_t n) { return axis.words(n, taps); });
    const std::int64_t by_tap =
        sum_blocks(taps, tap_block, [&](std::int64_t n) { return axis.words(outputs, n); });
    return std::max(by_output, by_tap);
  }

  /// Of the words that go to the buffer along it, the ifmap's own, where zeros are made.
  std::int64_t fetched(const Axis& axis) const {
    const auto of_blocks = [&](const std::vector<std::int64_t>& own, Dimension d) {
      return own[static_cast<std::size_t>(std::min(block(d), c_.splits[d].whole))];
    };
    return std::max(of_blocks(axis.own_by_output, axis.output), of_blocks(axis.own_by_tap, axis.tap));
  }

  /// Those that go to any part, summed over the parts that take them.
  std::int64_t received(const Axis& axis) const {
    const Split& o = c_.splits[axis.output];
    const Split& t = c_.splits[axis.tap];
    if (o.whole == 1 && t.whole == 1) return 1;
    if (o.steps == 1 && t.steps == 1 && o.part == o.whole && t.part == t.whole)
      return axis.words(o.whole, t.whole);
    const auto over_parts = [&](std::int64_t outputs, std::int64_t output_part, std::int64_t taps,
                                std::int64_t tap_part) {
      return sum_blocks(outputs, output_part, [&](std::int64_t i) {
        return sum_blocks(taps, tap_part, [&](std::int64_t j) { return axis.words(i, j); });
      });
    };
    const std::int64_t length = axis.length(o.part, t.part);
    const bool output_fresh = brings_all(axis.output);
    const bool tap_fresh = brings_all(axis.tap);
    const bool no_reuse = (output_fresh && tap_fresh) || (t.steps == 1 && o.span() * axis.stride >= length) ||
                          (o.steps == 1 && t.span() * axis.dilation >= length);
    if (no_reuse) return over_parts(o.whole, o.part, t.whole, t.part);
    // What a part takes over all steps is at least what is different of it.
    const auto along = [](const Split& s) { return s.steps > 1 && s.span() == s.part ? s.whole : s.part; };
    return over_parts(o.array_tile() == o.part ? along(o) : o.array_tile(), along(o),
                      t.array_tile() == t.part ? along(t) : t.array_tile(), along(t));
  }

 private:
  static constexpr std::int32_t kNowhere = -1;
  /// The place of a loop inside all others.
  static constexpr std::int32_t kInnermost = std::numeric_limits<std::int32_t>::max();

  /// Sums over the blocks of a dimension.
  template <typename Words>
  static std::int64_t sum_blocks(std::int64_t whole, std::int64_t block, Words words) {
    if (block >= whole) return words(whole);
    const std::int64_t rest = whole % block;
    return whole / block * words(block) + (rest > 0 ? words(rest) : 0);
  }

  /// Notes a loop that moves the tiles of those tensors which `d` touches, provided that they share nothing
  /// after it begins anew. PEs that a partial last step leaves idle keep the step before.
  void add(Dimension d, const Split& s, std::int64_t steps, std::int32_t place) {
    if (steps < 2) return;
    if (touches(d, Tensor::psum)) psum_ = std::max(psum_, place);
    const bool idle = !of_buffer_ && s.last_extent < s.span();
    const std::int64_t away = steps - (idle ? 2 : 1);
    if (away < 1) return;
    if (touches(d, Tensor::weight)) weight_ = std::max(weight_, place);
    if (!touches(d, Tensor::ifmap)) return;
    const std::size_t axis = axis_of(d);
    if (axis < 2) {
      const Axis& a = axes_[axis];
      const auto tile = [&](Dimension i) {
        return of_buffer_ ? c_.splits[i].buffer_tile() : c_.splits[i].array_tile();
      };
      if (away * tile(d) * a.step(d) < a.length(tile(a.output), tile(a.tap))) return;
    }
    ifmap_[axis] = std::max(ifmap_[axis], place);
  }

  /// A loop that surely moves this share of the words which its dimension touches.
  struct Mover {
    const Moving* moving;
    std::int32_t place;
    double share;
  };

  /// Notes what a loop at global_buffer surely moves where it does not move all: what is outside its shorter
  /// last run; or, of two steps, what parts take that work in both.
  void add_in_part(const Moving& m, std::int32_t place) {
    const Split& s = *m.split;
    double share = 0;
    if (s.dram > 1) {
      share = static_cast<double>(s.steps - s.in_last_run) / static_cast<double>(s.steps);
    } else if (s.steps == 2) {
      const std::int64_t whole_parts = s.least_part == s.part
                                           ? s.last_extent / s.part * s.part
                                           : std::max<std::int64_t>(0, s.last_extent - s.part + 1);
      share = 2 * static_cast<double>(whole_parts) / static_cast<double>(s.whole);
    }
    if (share > 0) movers_[number_of_movers_++] = {&m, place, share};
  }

  /// Notes the innermost loop. Where the dimension's loops are open, it may make any number of its steps from
  /// two on.
  void add_innermost(const Moving& m) {
    const Split& s = *m.split;
    if (m.is_open() && s.steps > 2) {
      const std::int64_t last_run = s.last_extent < s.span() ? 2 : 1;
      movers_[number_of_movers_++] = {&m, kInnermost,
                                      static_cast<double>(s.steps - last_run) / static_cast<double>(s.steps)};
      return;
    }
    if (s.buffer == 1) return add(m.dimension, s, s.steps, kInnermost);
    if (s.dram > 1) add(m.dimension, s, s.steps, m.dram.outermost);
    add(m.dimension, s, s.in_last_run, kInnermost);
    add_in_part(m, kInnermost);
  }

  static std::size_t axis_of(Dimension d) {
    using enum Dimension;
    return d == P || d == R ? 0 : d == Q || d == S ? 1 : 2;
  }

  /// The innermost loop that surely moves the tensor's tile; not counting those that move it along the axis
  /// of `d` itself.
  std::int32_t innermost_mover(Tensor tensor, Dimension d) const {
    if (tensor == Tensor::psum) return psum_;
    if (tensor == Tensor::weight) return weight_;
    return ifmap_mover_[axis_of(d)];
  }

  /// Indices of a sliding dimension between which nothing is reused.
  std::int64_t block(Dimension d) const {
    const Split& s = c_.splits[d];
    const Moving* m = movings_.find(d);
    if (m == nullptr) return s.whole;
    const Repeat by = repeat(Tensor::ifmap, *m);
    return by == Repeat::by_all ? s.array_tile() : by == Repeat::by_dram ? s.buffer_tile() : s.whole;
  }

  /// Whether each step of the dimension brings words that nobody holds.
  bool brings_all(Dimension d) const {
    const Moving* m = movings_.find(d);
    if (m == nullptr) return true;
    const Repeat by = repeat(Tensor::ifmap, *m);
    return by == Repeat::by_all || (by == Repeat::by_dram && m->split->buffer == 1);
  }

  const Candidate& c_;
  const Movings& movings_;
  const Axis* axes_;
  bool of_buffer_;
  std::int32_t psum_ = kNowhere;
  std::int32_t weight_ = kNowhere;
  std::size_t number_of_movers_ = 0;
  std::array<Mover, kDimensions> movers_;
  std::int32_t ifmap_[3] = {kNowhere, kNowhere, kNowhere};  ///< along the two axes, and by other dimensions
  std::int32_t ifmap_mover_[3];                             ///< the innermost, but for those along each
};

}  // namespace weir
