#pragma once

#include "config/key.h"

namespace weir::cli {

inline constexpr double kMostPublished = 1e15;

/// The keys of a validation file, of its `order`, of a run, and of the run's `published` and `against`.
const std::vector<config::Key>& validation_keys();
const std::vector<config::Key>& order_keys();
const std::vector<config::Key>& run_keys();
const std::vector<config::Key>& published_keys();
const std::vector<config::Key>& against_keys();

}  // namespace weir::cli
