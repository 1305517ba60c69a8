#pragma once

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

/// The first step on an axis that windows slide along, output * stride + tap * dilation: nothing is held.
AxisSums entered_axis(const Positions& outputs, std::int64_t stride, const Positions& taps,
                      std::int64_t dilation);

/// The transitions on such an axis.
AxisSums sliding_axis(const Positions& outputs, const Moves& output_moves, std::int64_t stride,
                      const Positions& taps, const Moves& tap_moves, std::int64_t dilation);

}  // namespace weir::estimate
