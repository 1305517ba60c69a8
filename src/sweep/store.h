#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sweep/evaluate.h"
#include "sweep/point.h"
#include "sweep/sqlite.h"

namespace weir::sweep {

inline constexpr int kSchemaVersion = 1;

/// Opens a result database, and makes it when there is none. Throws DatabaseError for a file that is no
/// result database or of a schema that is not known.
Connection open_store(const std::filesystem::path& path);
/// The same for reading; throws DatabaseError when there is none.
Connection open_store_to_read(const std::filesystem::path& path);

/// Whether a database has a layer's result: nothing, or its failure (or none).
std::optional<Failure> stored_layer(Connection& store, const std::string& layer_key);

/// Writes a layer's result in the place of what there was.
void put_layer(Connection& store, const DesignPoint& point, std::size_t layer, const LayerOutcome& outcome);
/// How long it took: in a table of its own, for it differs from run to run.
void put_run_time(Connection& store, const std::string& layer_key, Fidelity fidelity, double seconds);

/// A finished point, as the progress display and the summary want it.
struct PointSummary {
  bool failed = false;
  std::string message;
  double energy = 0;
  std::int64_t cycles = 0;
  double milliseconds = 0;
};

/// Writes the row of a point and of its layers if all of them have results.
std::optional<PointSummary> put_point(Connection& store, const DesignPoint& point);

/// Writes which points belong to a sweep, in the place of what there was; call within a transaction.
void put_sweep(Connection& store, const SweepSpec& spec, const std::vector<DesignPoint>& points);

/// Copies the layers of a shard's database, but no failure over a result; how many there were.
std::int64_t copy_layers(Connection& store, const std::filesystem::path& shard);

}  // namespace weir::sweep
