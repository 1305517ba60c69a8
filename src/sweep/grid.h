#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sweep/spec.h"

namespace weir::sweep {

/// Which value each axis has.
using GridIndices = std::vector<std::size_t>;

/// Most points of a grid that are looked at, to find those that meet the conditions.
inline constexpr std::uint64_t kMostLookedAt = 1'000'000;

/// Points of the full grid. Throws config::InputError above 2^62.
std::uint64_t grid_size(const SweepSpec& spec);

/// Calls accept(position, indices) for the points of the grid in order, or for a seeded random choice of
/// them, until as many as the sample wants are accepted: it returns whether the point counts. Holds no
/// points. Throws config::InputError when the grid is too large, has too many points that count, or too few
/// for the sample.
void for_each_grid_point(const SweepSpec& spec,
                         const std::function<bool(std::uint64_t, const GridIndices&)>& accept);

}  // namespace weir::sweep
