#pragma once

#include <cstddef>
#include <vector>

#include "sweep/point.h"

namespace weir::sweep {

/// A layer to compute: one of a point that has it, and all those that wait for it.
struct Task {
  std::size_t point = 0, layer = 0;
  std::vector<std::size_t> waiting;  ///< points
};

/// The distinct layers of some points, in their order.
std::vector<Task> tasks_of(const std::vector<DesignPoint>& points);

}  // namespace weir::sweep
