#pragma once

#include <cstdint>

namespace weir::timing {

/// Core cycles since the layer began. Time t is the beginning of cycle t.
using Cycle = std::int64_t;

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace weir::timing
