// The second step of a space: the bounds of the loops outside the array.
#include <algorithm>

#include "mapper/space.h"

namespace weir {

void Space::place_chosen(Dimension d, Candidate& candidate) const {
  const std::int32_t outer = dram_.number(d);
  const std::int32_t inner = kInsideDram + buffer_.number(d);
  candidate.dram_places[d] = {outer, outer};
  candidate.buffer_places[d] = {inner, inner};
}

void Space::place_open(Dimension d, Candidate& candidate) const {
  place_chosen(d, candidate);
  if (dataflow_.find(Level::dram, d) != nullptr)
    candidate.buffer_places[d].outermost = candidate.dram_places[d].outermost;
  if (dataflow_.find(Level::global_buffer, d) == nullptr)
    candidate.buffer_places[d].innermost = candidate.dram_places[d].innermost;
}

void Space::choose(Dimension d, const Outside& bounds, Walk& walk) const {
  Split& split = walk.candidate.splits[d];
  split.set_outside(bounds.buffer, bounds.dram);
  walk.tile[d] = split.buffer_tile();
  place_chosen(d, walk.candidate);
}

std::optional<Space::Walk> Space::start(const Candidate& arrays) const {
  Walk walk;
  walk.candidate = arrays;
  std::int64_t most_steps = 1;
  for (const Dimension d : kAllDimensions) {
    Split split = arrays.splits[d];
    const std::vector<Outside>& choices = bounds_.outside(d, split.steps);
    walk.choices[d] = &choices;
    if (choices.empty()) return std::nullopt;
    split.buffer = choices.front().buffer;
    walk.tile[d] = split.buffer_tile();
    most_steps = std::min(kMostSteps + 1, most_steps * std::min(kMostSteps, 2 * split.steps));
  }
  walk.all_legal = most_steps <= kMostSteps && !accelerator_.global_buffer.psum_bypasses;
  if (!fits_buffer(walk.tile, arrays.weights_in_global_buffer)) return std::nullopt;
  std::stable_sort(walk.order.begin(), walk.order.end(),
                   [&](Dimension a, Dimension b) { return walk.of(a).size() < walk.of(b).size(); });
  return walk;
}

std::size_t Space::fitting(const Walk& walk) const {
  const Dimension last = walk.order.back();
  Extents tile = walk.tile;
  Split split = walk.candidate.splits[last];
  const std::vector<Outside>& choices = walk.of(last);
  const auto fits = [&](const Outside& bounds) {
    split.buffer = bounds.buffer;
    tile[last] = split.buffer_tile();
    return fits_buffer(tile, walk.candidate.weights_in_global_buffer);
  };
  return static_cast<std::size_t>(std::partition_point(choices.begin(), choices.end(), fits) -
                                  choices.begin());
}

bool Space::steps_fit(const Candidate& candidate) {
  std::int64_t steps = 1;
  for (const Split& split : candidate.splits.values) {
    if (split.buffer * split.dram > kMostSteps / steps) return false;
    steps *= split.buffer * split.dram;
  }
  return true;
}

bool Space::finishes_sums(const Candidate& candidate) const {
  if (!accelerator_.global_buffer.psum_bypasses) return true;
  bool adds_at_dram = false, moves_inside = false;
  for (const Dimension d : kAllDimensions) {
    const Split& split = candidate.splits[d];
    if (is_reduction(d)) {
      adds_at_dram = adds_at_dram || split.dram > 1;
    } else {
      moves_inside = moves_inside || split.buffer > 1;
    }
  }
  return !(adds_at_dram && moves_inside);
}

std::uint64_t Space::count() const {
  std::uint64_t mappings = 0;
  for (const Arrays& arrays : arrays_) mappings += arrays.choices.size() * count(arrays.all);
  return mappings;
}

std::uint64_t Space::count(const Candidate& arrays) const {
  std::uint64_t mappings = 0;
  auto walk = start(arrays);
  if (!walk) return mappings;
  const Dimension last = walk->order.back();
  const std::vector<Outside>& choices = walk->of(last);
  const auto run = [&](std::size_t fitting) {
    // Bounds with the same loops of more than one iteration have equally many orders.
    std::array<std::uint64_t, 4> of_kind{};
    for (std::size_t i = 0; i < fitting; ++i) {
      const std::size_t kind = (choices[i].buffer > 1 ? 1U : 0U) + (choices[i].dram > 1 ? 2U : 0U);
      const bool known = walk->all_legal && of_kind[kind] > 0;
      if (!known) {
        choose(last, choices[i], *walk);
        of_kind[kind] = walk->all_legal || legal(walk->candidate)
                            ? dram_orders(walk->candidate).size() * buffer_orders(walk->candidate).size()
                            : 0;
      }
      mappings += of_kind[kind];
    }
  };
  const auto enter = [](const Candidate&) { return true; };
  walk_bounds(0, *walk, enter, run);
  return mappings;
}

}  // namespace weir
