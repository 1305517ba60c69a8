#include <algorithm>

#include "mapper/space.h"

namespace weir {
namespace {

/// Loops at global_buffer stand inside all at dram.
constexpr std::int32_t kInsideDram = 100;

}  // namespace

std::uint32_t Space::dram_mask(const Candidate& c) {
  std::uint32_t mask = 0;
  for (std::size_t d = 0; d < kDimensions; ++d) mask |= c.splits.values[d].dram > 1 ? 1U << d : 0U;
  return mask;
}

std::uint32_t Space::buffer_mask(const Candidate& c) {
  std::uint32_t mask = 0;
  for (std::size_t d = 0; d < kDimensions; ++d) mask |= c.splits.values[d].buffer > 1 ? 1U << d : 0U;
  return mask;
}

void Space::place_loops(Dimension d, Candidate& candidate) const {
  const std::int32_t outer = dram_.number(d);
  const std::int32_t inner = kInsideDram + buffer_.number(d);
  candidate.dram_places[d] = {outer, outer};
  candidate.buffer_places[d] = {inner, inner};
}

void Space::place_steps(Dimension d, Candidate& candidate) const {
  place_loops(d, candidate);
  if (dataflow_.find(Level::dram, d) != nullptr)
    candidate.buffer_places[d].outermost = candidate.dram_places[d].outermost;
  if (dataflow_.find(Level::global_buffer, d) == nullptr)
    candidate.buffer_places[d].innermost = candidate.dram_places[d].innermost;
}

void Space::choose(Dimension d, const Outside& bounds, Walk& walk) const {
  Split& split = walk.candidate.splits[d];
  split.set_outside(bounds.buffer, bounds.dram);
  walk.tile[d] = split.buffer_tile();
  place_loops(d, walk.candidate);
}

std::optional<Space::Walk> Space::start(const Candidate& array) const {
  Walk walk;
  walk.candidate = array;
  std::int64_t most_steps = 1;
  for (const Dimension d : kAllDimensions) {
    Choices& choices = walk.choices[static_cast<std::size_t>(d)];
    Split split = array.splits[d];
    choices = outside(d, split.steps);
    if (choices.empty()) return std::nullopt;
    split.buffer = choices.front().buffer;
    walk.tile[d] = split.buffer_tile();
    most_steps = std::min(kMostSteps + 1, most_steps * std::min(kMostSteps, 2 * split.steps));
  }
  walk.steps_fit = most_steps <= kMostSteps;
  if (!fits_buffer(walk.tile, array.weights_in_global_buffer)) return std::nullopt;
  std::stable_sort(walk.order.begin(), walk.order.end(),
                   [&](Dimension a, Dimension b) { return walk.of(a).size() < walk.of(b).size(); });
  return walk;
}

std::size_t Space::fitting(const Walk& walk) const {
  const Dimension last = walk.order.back();
  Extents tile = walk.tile;
  Split split = walk.candidate.splits[last];
  const Choices& choices = walk.of(last);
  const auto fits = [&](const Outside& bounds) {
    split.buffer = bounds.buffer;
    tile[last] = split.buffer_tile();
    return fits_buffer(tile, walk.candidate.weights_in_global_buffer);
  };
  return static_cast<std::size_t>(std::partition_point(choices.begin(), choices.end(), fits) -
                                  choices.begin());
}

std::uint64_t Space::count() const {
  std::uint64_t mappings = 0;
  for (const Arrays& arrays : arrays_) mappings += arrays.choices.size() * count(arrays.all);
  return mappings;
}

std::uint64_t Space::count(const Candidate& array) const {
  std::uint64_t mappings = 0;
  auto walk = start(array);
  if (!walk) return mappings;
  const Dimension last = walk->order.back();
  const Choices& choices = walk->of(last);
  const auto run = [&](std::size_t fitting) {
    // Bounds with the same loops of more than one iteration have equally many orders.
    std::array<std::uint64_t, 4> of_kind{};
    for (std::size_t i = 0; i < fitting; ++i) {
      const std::size_t kind = (choices[i].buffer > 1 ? 1U : 0U) + (choices[i].dram > 1 ? 2U : 0U);
      const bool known = walk->steps_fit && of_kind[kind] > 0;
      if (!known) {
        choose(last, choices[i], *walk);
        of_kind[kind] = walk->steps_fit || steps_fit(walk->candidate)
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

void Space::set_array(const Candidate& array, Candidate& candidate) {
  for (const Dimension d : kAllDimensions) {
    const Split before = candidate.splits[d];
    Split& split = candidate.splits[d] = array.splits[d];
    split.buffer = before.buffer;
    split.dram = before.dram;
    split.in_last_run = before.in_last_run;
  }
}

void Space::place(const LoopOrder& dram, const LoopOrder& buffer, Candidate& candidate) {
  std::int32_t number = 0;
  for (std::size_t i = 0; i < dram.count; ++i) {
    candidate.dram_places[dram.dimensions[i]] = {number, number};
    ++number;
  }
  for (std::size_t i = 0; i < buffer.count; ++i) {
    candidate.buffer_places[buffer.dimensions[i]] = {number, number};
    ++number;
  }
}

}  // namespace weir
