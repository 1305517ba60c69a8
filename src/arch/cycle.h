#pragma once

#include "timing/cycle.h"

namespace weir::arch {

using timing::Cycle;

}  // namespace weir::arch
