#pragma once

#include "config/key.h"

namespace weir::energy {

/// The keys of an energy table, of a price that is no number, and of a point of it.
const std::vector<config::Key>& energy_keys();
const std::vector<config::Key>& price_keys();
const std::vector<config::Key>& point_keys();

inline constexpr double kMostPrice = 1e9;
inline constexpr double kLeastEnergy = 1e-9;  ///< of a point: its logarithm is taken
inline constexpr double kMostBytes = 1e12;
inline constexpr std::int64_t kMostBits = 65536;

}  // namespace weir::energy
