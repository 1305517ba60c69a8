#pragma once

#include "config/key.h"

namespace weir::sweep {

/// The keys of a sweep file, of its base, of a range of values, of an entry of `largest`, and of `sample`.
const std::vector<config::Key>& sweep_keys();
const std::vector<config::Key>& base_keys();
const std::vector<config::Key>& range_keys();
const std::vector<config::Key>& largest_keys();
const std::vector<config::Key>& sample_keys();

inline constexpr double kMostOfRange = 1e12;
inline constexpr std::int64_t kMostWhole = std::int64_t{1} << 53;

}  // namespace weir::sweep
