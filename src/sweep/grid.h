#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sweep/spec.h"

namespace weir::sweep {

/// Which value each axis has.
using GridIndices = std::vector<std::size_t>;

/// Points of the full grid. Throws config::InputError above 2^62.
std::uint64_t grid_size(const SweepSpec& spec);

/// Calls visit(indices) for the points of the grid in order, or for a seeded random choice of them (in the
/// grid's order), until as many as the sample wants are accepted: visit returns whether the point counts.
/// Throws config::InputError when the grid is too large without a sample, or has too few points for it.
void for_each_grid_point(const SweepSpec& spec, const std::function<bool(const GridIndices&)>& accept,
                         const std::function<void(const GridIndices&)>& visit);

}  // namespace weir::sweep
