#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/node.h"
#include "sweep/expression.h"

namespace weir::sweep {

/// A key (its text is a path) and the values that it takes.
struct Values {
  config::Node path;
  std::vector<config::Node> values;
};

/// Keys that move together, all with the same number of values; mostly one key.
struct Axis {
  std::vector<Values> keys;
  std::size_t size() const { return keys.front().values.size(); }
};

/// A key that gets the largest whole number of a range for which a condition holds.
struct Largest {
  config::Node path;
  std::int64_t from = 0, to = 0;
  config::Node condition;
};

/// A seeded random choice among the points of the grid.
struct Sample {
  std::uint64_t points = 0;
  std::uint64_t seed = 1;
};

/// A sweep file (docs/file-formats.md).
struct SweepSpec {
  std::string name;
  /// What is the same at all points: the choices of kChoices by name, and keys of the accelerator.
  std::vector<std::pair<config::Node, config::Node>> base;
  std::vector<std::string> layers;                           ///< names or globs; none means all
  std::vector<Axis> axes;                                    ///< the last one varies fastest
  std::vector<Largest> largest;                              ///< set in this order, behind the axes
  std::vector<std::pair<std::string, config::Node>> define;  ///< names for expressions
  std::vector<config::Node> where;                           ///< conditions that a point must meet
  std::optional<Sample> sample;
  config::Mark mark;

  /// Paths of all axes and of what is derived by `largest`: the coordinates of a point.
  std::vector<std::string> coordinates() const;
};

/// What a path may name besides a key of the accelerator.
inline const std::vector<std::string> kChoices = {"accelerator", "workload", "dataflow", "batch",
                                                  "objective",   "overlap",  "fidelity", "data"};
bool is_choice(const std::string& path);

/// Throws config::InputError.
SweepSpec read_sweep(const config::Node& root);

}  // namespace weir::sweep
