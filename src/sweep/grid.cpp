#include "sweep/grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <unordered_set>

namespace weir::sweep {
namespace {

constexpr std::uint64_t kMostGrid = std::uint64_t{1} << 62;
constexpr std::uint64_t kDrawsPerPoint = 1000;  ///< before a sample gives up

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

void draw_sample(const SweepSpec& spec, std::uint64_t size,
                 const std::function<bool(std::uint64_t, const GridIndices&)>& accept) {
  const std::uint64_t wanted = spec.sample->points;
  std::mt19937_64 random(spec.sample->seed);
  std::unordered_set<std::uint64_t> drawn;
  std::uint64_t accepted = 0;
  const std::uint64_t most = std::min(size, kMostLookedAt);
  for (std::uint64_t draw = 0; draw < kDrawsPerPoint * wanted && accepted < wanted && drawn.size() < most;
       ++draw) {
    const std::uint64_t position = draw_below(size, random);
    if (drawn.insert(position).second && accept(position, indices_of(spec, position))) ++accepted;
  }
  if (accepted < wanted) {
    throw config::InputError(
        spec.mark,
        fmt::format("a sample of {} points, but only {} of the {} drawn from a grid of {} meet the "
                    "conditions",
                    wanted, accepted, drawn.size(), size));
  }
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

void for_each_grid_point(const SweepSpec& spec,
                         const std::function<bool(std::uint64_t, const GridIndices&)>& accept) {
  const std::uint64_t size = grid_size(spec);
  if (spec.sample) {
    draw_sample(spec, size, accept);
    return;
  }
  // Without conditions all count, but for the few that are alike.
  const bool may_rule_out = !spec.where.empty() || !spec.largest.empty();
  const std::uint64_t most = may_rule_out ? kMostLookedAt : kMostPoints;
  if (size > most) {
    throw config::InputError(
        spec.mark, fmt::format("a grid of {} points; allowed are {}{}, or a sample of it", size, most,
                               may_rule_out ? "" : fmt::format(", and {} with conditions", kMostLookedAt)));
  }
  std::uint64_t accepted = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    if (accept(i, indices_of(spec, i)) && ++accepted > kMostPoints)
      throw config::InputError(spec.mark,
                               fmt::format("more than {0} points meet the conditions; allowed are {0}, or a "
                                           "sample of them",
                                           kMostPoints));
  }
}

}  // namespace weir::sweep
