#include "mapper/steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ceil_div.h"
#include "mapping/systolic.h"

namespace weir {

Dataflow in_steps(Dataflow dataflow, const Layer& layer, const Accelerator& accelerator) {
  if (layer.steps == 1) return dataflow;
  const Dimension d = dimension_of_steps(accelerator);
  for (LoopRule& rule : dataflow.at(Level::dram)) ++rule.group;
  std::erase_if(dataflow.at(Level::dram), [&](const LoopRule& rule) { return rule.dimension == d; });
  auto& outermost = dataflow.at(Level::dram);
  outermost.insert(outermost.begin(), {d, LoopRule::Limit::exactly, layer.steps, 0});
  for (Dataflow& other : dataflow.alternatives) other = in_steps(std::move(other), layer, accelerator);
  return dataflow;
}

std::vector<std::int64_t> bounds_in_a_step(std::int64_t left) {
  std::vector<std::int64_t> bounds, large;
  for (std::int64_t bound = 1; bound <= left / bound; ++bound) {
    if (left % bound != 0) continue;
    bounds.push_back(bound);
    if (bound != left / bound) large.push_back(left / bound);
  }
  bounds.insert(bounds.end(), large.rbegin(), large.rend());
  return bounds;
}

std::string of_steps(const Layer& layer, const Accelerator& accelerator) {
  if (layer.steps == 1) return "";
  const Dimension d = dimension_of_steps(accelerator);
  return fmt::format(" ({0}={1} at dram, and exactly {0}={2}, a step's share, inside)", dimension_letter(d),
                     layer.steps, bound_in_a_step(d, layer, accelerator));
}

void pin_steps(const Layer& layer, const Accelerator& accelerator, Pins& pins) {
  if (layer.steps == 1) return;
  const Loop steps = {dimension_of_steps(accelerator), layer.steps};
  auto& loops = pins.levels[static_cast<std::size_t>(Level::dram)].loops;
  const auto same = std::find_if(loops.begin(), loops.end(),
                                 [&](const Loop& loop) { return loop.dimension == steps.dimension; });
  if (same == loops.end()) {
    loops.insert(loops.begin(), steps);
  } else if (same->bound != steps.bound || same != loops.begin()) {
    throw config::InputError(
        pins.mark, fmt::format("pins: {0} at dram; the layer's steps are {0}={1}, the outermost loop there",
                               dimension_letter(steps.dimension), steps.bound));
  }
}

}  // namespace weir
