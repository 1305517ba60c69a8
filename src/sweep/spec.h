#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/node.h"

namespace weir::sweep {

inline constexpr std::uint64_t kMostPoints = 100'000;  ///< of a sweep

/// The values of an axis: as listed, or those of a range, which are made when they are asked for.
class Values {
 public:
  /// A list, {from, to, step} or {from, to, times}: up to and including `to`. Throws config::InputError.
  explicit Values(const config::Node& node);

  std::size_t size() const { return size_; }
  config::Node at(std::size_t i) const { return listed_.empty() ? made(i) : listed_[i]; }

 private:
  void read_range(const config::Node& node);
  double number(std::size_t i) const;
  config::Node made(std::size_t i) const;

  std::vector<config::Node> listed_;
  std::size_t size_ = 0;
  double from_ = 0, step_ = 0, times_ = 0;  ///< of a range; one of the last two is 0
  config::Mark mark_;
};

/// A key (its text is a path) and the values that it takes.
struct KeyValues {
  config::Node path;
  Values values;
};

/// Keys that move together, all with the same number of values; mostly one key.
struct Axis {
  std::vector<KeyValues> keys;
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
