#pragma once

#include <string>

#include "sweep/store.h"

namespace weir::sweep {

/// The points of a sweep with their coordinates, in the grid's order, as docs/file-formats.md says. Points
/// without a result are left out. Throws DatabaseError when the database does not have the sweep.
std::string points_csv(Connection& store, const std::string& sweep);
std::string points_json(Connection& store, const std::string& sweep);

}  // namespace weir::sweep
