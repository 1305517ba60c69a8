#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "workload/layer.h"

namespace weir::test {

/// Of the values that random cases compute with.
inline constexpr std::uint64_t kDataSeed = 7;

/// A layer, a legal mapping of it and an accelerator that it just fits: small, and odd in every way that is
/// allowed (strides, dilations, groups, partial tiles, narrow networks, tight stores).
struct RandomCase {
  Layer layer;
  Mapping mapping;
  Accelerator accelerator;
  Overlap overlap = Overlap::processing;
};

enum class Size : std::uint8_t {
  tiny,       ///< a few steps
  large,      ///< hundreds or thousands of steps, which recur
  stretched,  ///< one dimension of hundreds, which a few loops walk through
};

/// The same for the same seed.
RandomCase draw_case(std::uint64_t seed, Size size = Size::tiny);

/// The case in words, for a failing test.
std::string describe(const RandomCase& drawn);

/// The smallest case that still fails, found by leaving out iterations of loops one at a time. Stores stay as
/// large as they were; the layer's bounds follow the loops.
RandomCase shrink(RandomCase failing, const std::function<bool(const RandomCase&)>& fails);

/// How many cases a test draws: `usual`, or what the environment's WEIR_RANDOM_CASES says.
std::uint64_t random_cases(std::uint64_t usual);

}  // namespace weir::test
