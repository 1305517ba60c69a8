#include "sweep/grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

namespace weir::sweep {
namespace {

constexpr std::uint64_t kMostGrid = std::uint64_t{1} << 62;
constexpr std::uint64_t kMostPoints = 1'000'000;  ///< of a grid that is not sampled
constexpr std::uint64_t kDrawsPerPoint = 1000;    ///< before a sample gives up

GridIndices indices_of(const SweepSpec& spec, std::uint64_t position) {
  GridIndices indices(spec.axes.size());
  for (std::size_t i = spec.axes.size(); i-- > 0;) {
    indices[i] = position % spec.axes[i].size();
    position /= spec.axes[i].size();
  }
  return indices;
}

/// A number below `limit`, each as likely: std::uniform_int_distribution may differ between libraries.
std::uint64_t draw_below(std::uint64_t limit, std::mt19937_64& random) {
  const std::uint64_t fair = std::mt19937_64::max() - std::mt19937_64::max() % limit;
  std::uint64_t drawn = random();
  while (drawn >= fair) drawn = random();
  return drawn % limit;
}

}  // namespace

std::uint64_t grid_size(const SweepSpec& spec) {
  std::uint64_t size = 1;
  for (const Axis& axis : spec.axes) {
    if (axis.size() > kMostGrid / size)
      throw config::InputError(spec.mark, "a grid of more than 2^62 points");
    size *= axis.size();
  }
  return size;
}

void for_each_grid_point(const SweepSpec& spec, const std::function<bool(const GridIndices&)>& accept,
                         const std::function<void(const GridIndices&)>& visit) {
  const std::uint64_t size = grid_size(spec);
  if (!spec.sample) {
    if (size > kMostPoints) {
      throw config::InputError(
          spec.mark,
          fmt::format("a grid of {} points; allowed are {}, or a sample of it", size, kMostPoints));
    }
    for (std::uint64_t i = 0; i < size; ++i) {
      const GridIndices indices = indices_of(spec, i);
      if (accept(indices)) visit(indices);
    }
    return;
  }
  std::mt19937_64 random(spec.sample->seed);
  std::set<std::uint64_t> drawn, chosen;
  const std::uint64_t most_draws = kDrawsPerPoint * spec.sample->points;
  for (std::uint64_t draw = 0;
       draw < most_draws && chosen.size() < spec.sample->points && drawn.size() < size; ++draw) {
    const std::uint64_t position = draw_below(size, random);
    if (drawn.insert(position).second && accept(indices_of(spec, position))) chosen.insert(position);
  }
  if (chosen.size() < spec.sample->points) {
    throw config::InputError(
        spec.mark,
        fmt::format("a sample of {} points, but only {} of the {} drawn from a grid of {} meet the "
                    "conditions",
                    spec.sample->points, chosen.size(), drawn.size(), size));
  }
  for (const std::uint64_t position : chosen) visit(indices_of(spec, position));
}

}  // namespace weir::sweep
