#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sweep/point.h"
#include "sweep/spec.h"
#include "sweep/store.h"
#include "sweep/task.h"

namespace weir::sweep {

/// The i-th of n parts (1 to n) of a sweep's distinct layers.
struct Shard {
  std::uint64_t index = 1, count = 1;
};

struct RunOptions {
  std::filesystem::path database;
  unsigned jobs = 1;
  double timeout_seconds = 3600;  ///< of a layer
  bool retry = false;             ///< compute again what crashed or timed out before
  std::optional<Shard> shard;     ///< compute only these layers, and no points
};

/// How far a sweep has come.
struct SweepState {
  std::size_t points = 0, points_done = 0, points_failed = 0;
  std::size_t layers = 0;       ///< distinct ones, of this shard
  std::size_t layers_todo = 0;  ///< that had no result at the start
  std::size_t layers_done = 0;  ///< of these
  std::optional<double> best;   ///< the least objective of the points done, if all have the same objective
  std::size_t best_point = 0;
  std::vector<std::pair<std::size_t, std::string>> failures;  ///< point, message
  bool lost_workers = false;                                  ///< whether a failure is a crash or a time-out
  bool stopped = false;
  std::size_t damaged = 0;       ///< rows of results that were not as written, and were made again
  std::string short_of_workers;  ///< why there were fewer than wanted; else empty
};

/// Computes what a database lacks of a sweep, and writes it there as it comes. `report` is called now and
/// then, and stops the sweep when it returns false: what is finished stays. Throws DatabaseError.
SweepState run_sweep(const SweepSpec& spec, const std::vector<DesignPoint>& points, const RunOptions& options,
                     const std::function<bool(const SweepState&)>& report);

/// The database of a shard: `name.shard-2-of-8.sqlite` beside `name.sqlite`.
std::filesystem::path shard_path(const std::filesystem::path& database, const Shard& shard);

/// What a merge found.
struct MergeResult {
  std::vector<std::filesystem::path> shards;
  SweepState state;
  std::size_t layers_missing = 0;
  std::int64_t damaged = 0;  ///< layers of the shards that were left out
};

/// Joins the databases of all shards that stand beside `database` into it, and writes the points that are
/// complete. Any number of times.
MergeResult merge_shards(const SweepSpec& spec, const std::vector<DesignPoint>& points,
                         const std::filesystem::path& database);

/// What is known before a run.
struct Forecast {
  std::size_t layers = 0;  ///< layers of all points
  std::size_t distinct = 0;
  std::size_t todo = 0;  ///< distinct ones without a result
  /// Seconds of one core for those, from the layers timed before or else from some tried now (and not kept).
  double seconds = 0;
  std::size_t timed = 0;  ///< layers that this comes from
};
Forecast forecast(const std::vector<DesignPoint>& points, const RunOptions& options);

}  // namespace weir::sweep
