#pragma once

#include <array>
#include <cstdint>

#include "estimate/transitions.h"

namespace weir::estimate {

/// What a transition means on one axis of a tensor, summed over kinds of moves. A tensor's words are the
/// product of its axes, and PEs are unrolled over each independently, so sums over all steps are products of
/// these.
struct AxisSums {
  std::int64_t needed = 0;  ///< words that some PE needs
  std::int64_t held = 0;    ///< of those, words that every PE that needs them holds
  std::int64_t taken = 0;   ///< words that PEs need, summed over PEs
  std::int64_t kept = 0;    ///< of those, words that the PE holds
};

/// An axis of the ifmap that windows slide along: word output * stride + tap * dilation.
class SlidingAxis {
 public:
  /// Keeps references to the positions.
  SlidingAxis(const Positions& outputs, std::int64_t stride, const Positions& taps, std::int64_t dilation);

  /// The first step: nothing is held.
  AxisSums entered() const;

  AxisSums transitions(const Moves& outputs, const Moves& taps) const;

 private:
  /// The words of a tile.
  struct Words {
    std::int64_t needed, taken;
  };

  Words words_of(std::int64_t output_extent, std::int64_t tap_extent) const;
  const Words& words_after(const Move& output, const Move& tap) const {
    return words_[output.to_last][tap.to_last];
  }
  void add(const Move& output, const Move& tap, AxisSums& sums) const;
  void add_moved_parts(const Move& output, const Move& tap, AxisSums& sums) const;

  const Positions& outputs_;
  const Positions& taps_;
  std::int64_t stride_, dilation_;
  bool has_parts_;
  std::array<std::array<Words, 2>, 2>
      words_;  ///< by whether the output's position is the last, and the tap's
};

}  // namespace weir::estimate
