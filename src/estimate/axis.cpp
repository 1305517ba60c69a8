#include "estimate/axis.h"

#include <algorithm>
#include <array>
#include <vector>

#include "mapping/footprint.h"

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
  return move.to_last ? p.last_extent() : p.span();
}

/// Of the only part.
std::int64_t extent_before(const Positions& p, const Move& move) {
  return move.back == 0 ? extent_after(p, move) : move.from_last ? p.last_extent() : p.part;
}

Groups groups_of(const Positions& p, const Move& move) {
  Groups groups;
  const std::int64_t after = extent_after(p, move);
  const std::int64_t shift = move.back * p.span();
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
  const std::int64_t were_active = (p.last_extent() + p.part - 1) / p.part;
  const std::int64_t cut_part = p.last_extent() - (were_active - 1) * p.part;
  add_range(0, were_active - 1, p.part, shift);
  add_range(were_active - 1, were_active, cut_part, shift);
  add_range(were_active, active, p.part, shift - p.span());
  return groups;
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
  const bool solid =
      dilation == 1 && (taps >= stride || outputs == 1) && (old_taps >= stride || old_outputs == 1);
  if (solid) return std::min(length, shift + old_length) - std::max<std::int64_t>(0, shift);
  const auto contains = [&](std::int64_t word, std::int64_t os, std::int64_t ts) {
    for (std::int64_t j = 0; j < ts; ++j) {
      const std::int64_t rest = word - j * dilation;
      if (rest >= 0 && rest % stride == 0 && rest / stride < os) return true;
    }
    return false;
  };
  std::int64_t words = 0;
  for (std::int64_t word = std::max<std::int64_t>(0, shift); word < std::min(length, shift + old_length);
       ++word) {
    words += contains(word, outputs, taps) && contains(word - shift, old_outputs, old_taps) ? 1 : 0;
  }
  return words;
}

/// Counts the words that every PE that needs them holds, word by word: for PEs whose windows overlap and
/// move.
class HeldByAll {
 public:
  HeldByAll(std::int64_t stride, std::int64_t dilation, std::int64_t length)
      : stride_(stride), dilation_(dilation), state_(static_cast<std::size_t>(length), kUnused) {}

  void add(std::int64_t place, const Parts& outputs, const Parts& taps, std::int64_t shift) {
    for (std::int64_t i = 0; i < outputs.extent; ++i) {
      for (std::int64_t j = 0; j < taps.extent; ++j) {
        const std::int64_t word = i * stride_ + j * dilation_;
        char& state = state_[static_cast<std::size_t>(place + word)];
        if (state != kLacking) state = holds(word - shift, outputs.before, taps.before) ? kHeld : kLacking;
      }
    }
  }
  std::int64_t words() const { return std::count(state_.begin(), state_.end(), kHeld); }

 private:
  static constexpr char kUnused = 0, kHeld = 1, kLacking = 2;

  bool holds(std::int64_t word, std::int64_t outputs, std::int64_t taps) const {
    for (std::int64_t j = 0; j < taps; ++j) {
      const std::int64_t rest = word - j * dilation_;
      if (rest >= 0 && rest % stride_ == 0 && rest / stride_ < outputs) return true;
    }
    return false;
  }

  std::int64_t stride_, dilation_;
  std::vector<char> state_;
};

/// Words that parts need, summed over parts, of a tile of so many outputs and taps.
std::int64_t taken_words(const Positions& outputs, std::int64_t output_extent, std::int64_t stride,
                         const Positions& taps, std::int64_t tap_extent, std::int64_t dilation) {
  const std::int64_t full_outputs = outputs.parts_in(output_extent) - 1;
  const std::int64_t full_taps = taps.parts_in(tap_extent) - 1;
  const std::int64_t last_outputs = output_extent - full_outputs * outputs.part;
  const std::int64_t last_taps = tap_extent - full_taps * taps.part;
  std::int64_t words = axis_words(last_outputs, last_taps, stride, dilation);
  if (full_outputs > 0) words += full_outputs * axis_words(outputs.part, last_taps, stride, dilation);
  if (full_taps > 0) words += full_taps * axis_words(last_outputs, taps.part, stride, dilation);
  if (full_outputs > 0 && full_taps > 0)
    words += full_outputs * full_taps * axis_words(outputs.part, taps.part, stride, dilation);
  return words;
}

AxisSums slide(const Positions& outputs, const Move& output_move, std::int64_t stride, const Positions& taps,
               const Move& tap_move, std::int64_t dilation) {
  AxisSums sums;
  const std::int64_t output_extent = extent_after(outputs, output_move);
  const std::int64_t tap_extent = extent_after(taps, tap_move);
  sums.needed = axis_words(output_extent, tap_extent, stride, dilation);
  const bool moves = output_move.back != 0 || tap_move.back != 0;
  if (outputs.places == 1 && taps.places == 1) {
    sums.taken = sums.needed;
    sums.kept = sums.held =
        moves ? common(output_extent, tap_extent, extent_before(outputs, output_move),
                       extent_before(taps, tap_move),
                       output_move.back * outputs.part * stride + tap_move.back * taps.part * dilation,
                       stride, dilation)
              : sums.needed;
    return sums;
  }
  sums.taken = taken_words(outputs, output_extent, stride, taps, tap_extent, dilation);
  if (!moves) {
    sums.kept = sums.taken;
    sums.held = sums.needed;
    return sums;
  }
  // Whatever PEs held, they moved away from all of it.
  const std::int64_t away =
      std::abs(output_move.back * outputs.span() * stride + tap_move.back * taps.span() * dilation);
  const std::int64_t reach = outputs.span() * stride + taps.span() * dilation;
  if (away >= 2 * reach) return sums;
  const Groups by_output = groups_of(outputs, output_move);
  const Groups by_tap = groups_of(taps, tap_move);
  std::int64_t pes = 0;
  for (std::size_t i = 0; i < by_output.count; ++i) {
    for (std::size_t j = 0; j < by_tap.count; ++j) {
      const Parts& o = by_output.parts[i];
      const Parts& t = by_tap.parts[j];
      pes += o.count * t.count;
      sums.kept += o.count * t.count *
                   common(o.extent, t.extent, o.before, t.before, o.shift * stride + t.shift * dilation,
                          stride, dilation);
    }
  }
  if (sums.kept == sums.taken) {
    sums.held = sums.needed;
  } else if (pes == 1) {
    sums.held = sums.kept;
  } else if (sums.kept > 0) {
    HeldByAll all(stride, dilation, (output_extent - 1) * stride + (tap_extent - 1) * dilation + 1);
    for (std::size_t i = 0; i < by_output.count; ++i) {
      for (std::size_t j = 0; j < by_tap.count; ++j) {
        const Parts& o = by_output.parts[i];
        const Parts& t = by_tap.parts[j];
        for (std::int64_t a = 0; a < o.count; ++a) {
          for (std::int64_t b = 0; b < t.count; ++b) {
            all.add((o.first + a) * outputs.part * stride + (t.first + b) * taps.part * dilation, o, t,
                    o.shift * stride + t.shift * dilation);
          }
        }
      }
    }
    sums.held = all.words();
  }
  return sums;
}

}  // namespace

AxisSums entered_axis(const Positions& outputs, std::int64_t stride, const Positions& taps,
                      std::int64_t dilation) {
  const std::int64_t output_extent = outputs.count == 1 ? outputs.last_extent() : outputs.span();
  const std::int64_t tap_extent = taps.count == 1 ? taps.last_extent() : taps.span();
  AxisSums sums;
  sums.needed = axis_words(output_extent, tap_extent, stride, dilation);
  sums.taken = outputs.places == 1 && taps.places == 1
                   ? sums.needed
                   : taken_words(outputs, output_extent, stride, taps, tap_extent, dilation);
  return sums;
}

AxisSums sliding_axis(const Positions& outputs, const Moves& output_moves, std::int64_t stride,
                      const Positions& taps, const Moves& tap_moves, std::int64_t dilation) {
  AxisSums sums;
  for (const Move& output_move : output_moves) {
    for (const Move& tap_move : tap_moves) {
      const std::int64_t states = output_move.times * tap_move.times;
      if (states == 0) continue;
      const AxisSums one = slide(outputs, output_move, stride, taps, tap_move, dilation);
      sums.needed += states * one.needed;
      sums.held += states * one.held;
      sums.taken += states * one.taken;
      sums.kept += states * one.kept;
    }
  }
  return sums;
}

}  // namespace weir::estimate
