#include "estimate/axis.h"

#include <algorithm>
#include <array>
#include <vector>

#include "mapping/own_words.h"

namespace weir::estimate {
namespace {

/// A number of parts (PEs along one dimension) that are alike: how much they hold now, how much they held,
/// and how far they moved.
struct Parts {
  std::int64_t first = 0;  ///< place of the first
  std::int64_t count = 0;
  std::int64_t extent = 0;  ///< after the move
  std::int64_t before = 0;  ///< extent in their last active step
  std::int64_t shift = 0;   ///< indices from the tile after to the tile before
};

/// The parts that are active after a move. Those cut off by the dimension's end before it were last active
/// one position earlier.
struct Groups {
  std::array<Parts, 4> parts;
  std::size_t count = 0;

  void add(const Parts& more) {
    if (more.count > 0) parts[count++] = more;
  }
};

std::int64_t extent_after(const Positions& p, const Move& move) {
  return move.to_last ? p.last_extent : p.span;
}

/// Of the only part.
std::int64_t extent_before(const Positions& p, const Move& move) {
  return move.back == 0 ? extent_after(p, move) : move.from_last ? p.last_extent : p.part;
}

Groups groups_of(const Positions& p, const Move& move) {
  Groups groups;
  const std::int64_t after = extent_after(p, move);
  const std::int64_t shift = move.back * p.span;
  const std::int64_t active = (after + p.part - 1) / p.part;
  const std::int64_t last_part = after - (active - 1) * p.part;
  const auto add_range = [&](std::int64_t first, std::int64_t end, std::int64_t before, std::int64_t by) {
    // [first, end) of the active parts; the very last of all may be cut.
    end = std::min(end, active);
    if (first >= end) return;
    const bool has_cut = end == active && last_part < p.part;
    groups.add({first, end - first - (has_cut ? 1 : 0), p.part, before, by});
    if (has_cut) groups.add({end - 1, 1, last_part, move.back == 0 ? last_part : before, by});
  };
  if (!move.from_last || !p.cut() || move.back == 0) {
    add_range(0, active, p.part, shift);
    return groups;
  }
  const std::int64_t were_active = (p.last_extent + p.part - 1) / p.part;
  const std::int64_t cut_part = p.last_extent - (were_active - 1) * p.part;
  add_range(0, were_active - 1, p.part, shift);
  add_range(were_active - 1, were_active, cut_part, shift);
  add_range(were_active, active, p.part, shift - p.span);
  return groups;
}

/// Whether `word` is one of i*stride + j*dilation with i < outputs, j < taps.
bool contains(std::int64_t word, std::int64_t outputs, std::int64_t taps, std::int64_t stride,
              std::int64_t dilation) {
  return AxisTile{0, outputs, taps, stride, dilation}.has(word);
}

/// Whether the words of a tile follow one another without a gap.
bool is_solid(std::int64_t outputs, std::int64_t taps, std::int64_t stride, std::int64_t dilation) {
  return AxisTile{0, outputs, taps, stride, dilation}.is_solid();
}

/// |{i*stride + j*dilation} with i < outputs, j < taps, that are also in the same with other extents, moved
/// by `shift`|.
std::int64_t common(std::int64_t outputs, std::int64_t taps, std::int64_t old_outputs, std::int64_t old_taps,
                    std::int64_t shift, std::int64_t stride, std::int64_t dilation) {
  const std::int64_t length = (outputs - 1) * stride + (taps - 1) * dilation + 1;
  const std::int64_t old_length = (old_outputs - 1) * stride + (old_taps - 1) * dilation + 1;
  if (shift >= length || shift + old_length <= 0) return 0;
  if (shift == 0 && outputs == old_outputs && taps == old_taps)
    return axis_words(outputs, taps, stride, dilation);
  if (is_solid(outputs, taps, stride, dilation) && is_solid(old_outputs, old_taps, stride, dilation))
    return std::min(length, shift + old_length) - std::max<std::int64_t>(0, shift);
  std::int64_t words = 0;
  for (std::int64_t word = std::max<std::int64_t>(0, shift); word < std::min(length, shift + old_length);
       ++word) {
    words += contains(word, outputs, taps, stride, dilation) &&
                     contains(word - shift, old_outputs, old_taps, stride, dilation)
                 ? 1
                 : 0;
  }
  return words;
}

/// Marks the words that some PE needs and does not hold: for PEs whose windows overlap and move.
class LackedWords {
 public:
  LackedWords(std::int64_t stride, std::int64_t dilation, std::int64_t length)
      : stride_(stride), dilation_(dilation) {
    lacked_.assign(static_cast<std::size_t>(length), 0);
  }

  /// All words of a tile whose first word is `place`.
  void mark_all(std::int64_t place, std::int64_t outputs, std::int64_t taps) {
    if (is_solid(outputs, taps, stride_, dilation_)) return mark(place, length(outputs, taps));
    for (std::int64_t i = 0; i < outputs; ++i) {
      for (std::int64_t j = 0; j < taps; ++j) mark(place + i * stride_ + j * dilation_, 1);
    }
  }
  /// Those of a PE's tile that its tile before did not have.
  void mark_new(std::int64_t place, const Parts& outputs, const Parts& taps, std::int64_t shift) {
    const std::int64_t words = length(outputs.extent, taps.extent);
    const std::int64_t old_words = length(outputs.before, taps.before);
    if (is_solid(outputs.extent, taps.extent, stride_, dilation_) &&
        is_solid(outputs.before, taps.before, stride_, dilation_)) {
      const std::int64_t end = std::max<std::int64_t>(0, shift + old_words);
      mark(place, std::min(words, shift));
      mark(place + end, words - end);
      return;
    }
    for (std::int64_t i = 0; i < outputs.extent; ++i) {
      for (std::int64_t j = 0; j < taps.extent; ++j) {
        const std::int64_t word = i * stride_ + j * dilation_;
        if (!contains(word - shift, outputs.before, taps.before, stride_, dilation_)) mark(place + word, 1);
      }
    }
  }
  std::int64_t words() const { return std::count(lacked_.begin(), lacked_.end(), 1); }

 private:
  std::int64_t length(std::int64_t outputs, std::int64_t taps) const {
    return (outputs - 1) * stride_ + (taps - 1) * dilation_ + 1;
  }
  void mark(std::int64_t first, std::int64_t words) {
    for (std::int64_t word = first; word < first + words; ++word) lacked_[static_cast<std::size_t>(word)] = 1;
  }

  std::int64_t stride_, dilation_;
  static thread_local std::vector<char> lacked_;  ///< not made anew for each estimate
};
thread_local std::vector<char> LackedWords::lacked_;

}  // namespace

SlidingAxis::SlidingAxis(const Positions& outputs, std::int64_t stride, const Positions& taps,
                         std::int64_t dilation)
    : outputs_(outputs),
      taps_(taps),
      stride_(stride),
      dilation_(dilation),
      has_parts_(outputs.places > 1 || taps.places > 1) {
  const bool outputs_move = outputs.count > 1, taps_move = taps.count > 1;
  words_[1][1] = words_of(outputs.last_extent, taps.last_extent);
  if (outputs_move) words_[0][1] = words_of(outputs.span, taps.last_extent);
  if (taps_move) words_[1][0] = words_of(outputs.last_extent, taps.span);
  if (outputs_move && taps_move) words_[0][0] = words_of(outputs.span, taps.span);
}

SlidingAxis::Words SlidingAxis::words_of(std::int64_t output_extent, std::int64_t tap_extent) const {
  const auto words = [&](std::int64_t outputs, std::int64_t taps) {
    return axis_words(outputs, taps, stride_, dilation_);
  };
  const std::int64_t needed = words(output_extent, tap_extent);
  if (!has_parts_) return {needed, needed};
  const std::int64_t full_outputs = outputs_.parts_in(output_extent) - 1;
  const std::int64_t full_taps = taps_.parts_in(tap_extent) - 1;
  const std::int64_t last_outputs = output_extent - full_outputs * outputs_.part;
  const std::int64_t last_taps = tap_extent - full_taps * taps_.part;
  std::int64_t taken = words(last_outputs, last_taps);
  if (full_outputs > 0) taken += full_outputs * words(outputs_.part, last_taps);
  if (full_taps > 0) taken += full_taps * words(last_outputs, taps_.part);
  if (full_outputs > 0 && full_taps > 0) taken += full_outputs * full_taps * words(outputs_.part, taps_.part);
  return {needed, taken};
}

AxisSums SlidingAxis::entered() const {
  const Words& words = words_[outputs_.count == 1][taps_.count == 1];
  return {words.needed, 0, words.taken, 0};
}

AxisSums SlidingAxis::transitions(const Moves& outputs, const Moves& taps) const {
  AxisSums sums;
  for (const Move& output : outputs) {
    if (output.times == 0) continue;
    for (const Move& tap : taps) {
      if (tap.times > 0) add(output, tap, sums);
    }
  }
  return sums;
}

void SlidingAxis::add(const Move& output, const Move& tap, AxisSums& sums) const {
  const std::int64_t times = output.times * tap.times;
  const Words& words = words_after(output, tap);
  sums.needed += times * words.needed;
  sums.taken += times * words.taken;
  if (output.back == 0 && tap.back == 0) {
    sums.held += times * words.needed;
    sums.kept += times * words.taken;
    return;
  }
  // Whatever parts held, they moved away from all of it.
  const std::int64_t away =
      std::abs(output.back * outputs_.span * stride_ + tap.back * taps_.span * dilation_);
  if (away >= 2 * (outputs_.span * stride_ + taps_.span * dilation_)) return;
  if (has_parts_) return add_moved_parts(output, tap, sums);
  const std::int64_t kept =
      common(extent_after(outputs_, output), extent_after(taps_, tap), extent_before(outputs_, output),
             extent_before(taps_, tap),
             output.back * outputs_.part * stride_ + tap.back * taps_.part * dilation_, stride_, dilation_);
  sums.held += times * kept;
  sums.kept += times * kept;
}

void SlidingAxis::add_moved_parts(const Move& output, const Move& tap, AxisSums& sums) const {
  const std::int64_t times = output.times * tap.times;
  const Words& words = words_after(output, tap);
  const Groups by_output = groups_of(outputs_, output);
  const Groups by_tap = groups_of(taps_, tap);
  const auto for_each = [&](auto&& visit) {
    for (std::size_t i = 0; i < by_output.count; ++i) {
      for (std::size_t j = 0; j < by_tap.count; ++j) {
        const Parts& o = by_output.parts[i];
        const Parts& t = by_tap.parts[j];
        visit(o, t, o.shift * stride_ + t.shift * dilation_);
      }
    }
  };
  std::int64_t pes = 0, kept = 0;
  for_each([&](const Parts& o, const Parts& t, std::int64_t shift) {
    pes += o.count * t.count;
    kept += o.count * t.count * common(o.extent, t.extent, o.before, t.before, shift, stride_, dilation_);
  });
  if (kept == 0) return;
  sums.kept += times * kept;
  if (kept == words.taken || pes == 1) {
    sums.held += times * std::min(kept, words.needed);
    return;
  }
  const std::int64_t length =
      (extent_after(outputs_, output) - 1) * stride_ + (extent_after(taps_, tap) - 1) * dilation_ + 1;
  LackedWords lacked(stride_, dilation_, length);
  for_each([&](const Parts& o, const Parts& t, std::int64_t shift) {
    if (shift == 0 && o.extent <= o.before && t.extent <= t.before) return;
    const auto place = [&](std::int64_t a, std::int64_t b) {
      return (o.first + a) * outputs_.part * stride_ + (t.first + b) * taps_.part * dilation_;
    };
    // Alike parts are neighbours: together they need what one of their size would.
    if (common(o.extent, t.extent, o.before, t.before, shift, stride_, dilation_) == 0)
      return lacked.mark_all(place(0, 0), o.count * o.extent, t.count * t.extent);
    for (std::int64_t a = 0; a < o.count; ++a) {
      for (std::int64_t b = 0; b < t.count; ++b) lacked.mark_new(place(a, b), o, t, shift);
    }
  });
  sums.held += times * (words.needed - lacked.words());
}

}  // namespace weir::estimate
