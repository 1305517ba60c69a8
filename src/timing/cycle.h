#pragma once

#include <cstdint>

#include "base/ceil_div.h"

namespace weir::timing {

/// Core cycles since the layer began. Time t is the beginning of cycle t.
using Cycle = std::int64_t;

}  // namespace weir::timing
