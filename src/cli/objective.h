#pragma once

#include "cli/options.h"
#include "mapper/cost.h"

namespace weir::cli {

/// What a search makes least unless --objective says otherwise: energy times delay. The mapping of least
/// energy alone is often much slower for a percent of energy.
inline constexpr auto kDefaultObjective = "edp";

/// What --objective says. Throws UsageError.
inline Objective objective_of(const po::variables_map& values) {
  return choice<Objective>(
      "objective", values["objective"].as<std::string>(),
      {{"energy", Objective::energy}, {"latency", Objective::latency}, {"edp", Objective::edp}});
}

}  // namespace weir::cli
