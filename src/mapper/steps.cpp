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
  const std::int64_t of_a_step = ceil_div(layer.bounds[d], layer.steps);
  using enum LoopRule::Limit;
  for (const Level level : kAllLevels) {
    if (level == Level::dram) continue;
    for (LoopRule& rule : dataflow.at(level)) {
      if (rule.dimension != d) continue;
      const bool is_fixed = rule.limit == all || rule.limit == exactly;
      const bool has_value = rule.limit == at_most || rule.limit == exactly;
      rule.value = has_value ? std::min(rule.value, of_a_step) : of_a_step;
      rule.limit = is_fixed ? exactly : at_most;
    }
  }
  for (Dataflow& other : dataflow.alternatives) other = in_steps(std::move(other), layer, accelerator);
  return dataflow;
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
