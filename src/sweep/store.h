#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sweep/evaluate.h"
#include "sweep/point.h"
#include "sweep/sqlite.h"

namespace weir::sweep {

inline constexpr int kSchemaVersion = 3;

/// Opens a result database, and makes it when there is none. Throws DatabaseError for a file that is no
/// result database or of a schema that is not known.
Connection open_store(const std::filesystem::path& path);
/// The same for reading; throws DatabaseError when there is none.
Connection open_store_to_read(const std::filesystem::path& path);

/// The SQL condition that a row is as it was written; `alias` names the row.
const std::string& is_sound(Connection& store, const std::string& table, const std::string& alias);

/// A layer's result in a database: its failure, or that the row is damaged and says nothing.
struct StoredLayer {
  Failure failure = Failure::none;
  bool damaged = false;
};
/// Nothing when there is none.
std::optional<StoredLayer> stored_layer(Connection& store, const Key& layer_key);

/// Writes a layer's result in the place of what there was.
void put_layer(Connection& store, const DesignPoint& point, std::size_t layer, const LayerOutcome& outcome);
/// How long it took: in a table of its own, for it differs from run to run.
void put_run_time(Connection& store, const Key& layer_key, Fidelity fidelity, double seconds);

/// A finished point, as the progress display and the summary want it.
struct PointSummary {
  bool failed = false;
  std::string message;
  double energy = 0;
  double milliseconds = 0;
};

/// Writes the row of a point and of its layers if all of them have results.
std::optional<PointSummary> put_point(Connection& store, const DesignPoint& point);

/// The row of a point that has results, if it need not be written: it and those of its layers are there and
/// as they were written. `damaged`: some are not.
struct StoredPoint {
  std::optional<PointSummary> summary;
  bool damaged = false;
};
StoredPoint stored_point(Connection& store, const DesignPoint& point);

/// Writes which points belong to a sweep, in the place of what there was; call within a transaction.
void put_sweep(Connection& store, const SweepSpec& spec, const std::vector<DesignPoint>& points);

/// Copies the sound layers of a shard's database, but no failure over a result; how many were damaged.
std::int64_t copy_layers(Connection& store, const std::filesystem::path& shard);

}  // namespace weir::sweep
