#pragma once

#include "config/table.h"
#include "sweep/point.h"

namespace weir::sweep {

/// The keys of a sweep file, of a range of values, of an entry of `largest`, and of `sample`.
const std::vector<config::Key>& sweep_keys();
const std::vector<config::Key>& range_keys();
const std::vector<config::Key>& largest_keys();
const std::vector<config::Key>& sample_keys();

/// The keys of the base; those that are choices may stand on an axis, too.
const config::Table<DesignPoint>& base_table();

inline constexpr double kMostOfRange = 1e12;
inline constexpr std::int64_t kMostWhole = std::int64_t{1} << 53;

}  // namespace weir::sweep
