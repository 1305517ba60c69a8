#include "mapper/bound_choices.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ceil_div.h"
#include "mapper/steps.h"
#include "mapping/systolic.h"

namespace weir {
namespace {

const Loop* find_loop(const std::vector<Loop>& loops, Dimension d) {
  const auto found =
      std::find_if(loops.begin(), loops.end(), [&](const Loop& l) { return l.dimension == d; });
  return found == loops.end() ? nullptr : &*found;
}

}  // namespace

void check_pins(const Pins& pins, const Dataflow& dataflow) {
  const auto fail = [&](const std::string& what) { throw config::InputError(pins.mark, "pins: " + what); };
  for (const Level level : kAllLevels) {
    const auto& pinned = pins.at(level);
    std::size_t group = 0;
    for (const Loop& loop : pinned.loops) {
      const char letter = dimension_letter(loop.dimension);
      if (find_loop(pinned.loops, loop.dimension) != &loop)
        fail(fmt::format("{} stands twice at {}", letter, level_name(level)));
      const LoopRule* rule = dataflow.find(level, loop.dimension);
      if (loop.bound == 1) continue;
      if (rule == nullptr) {
        fail(fmt::format("{}={} at {}; {} has no such loop there", letter, loop.bound, level_name(level),
                         dataflow.name));
      }
      if (!pinned.more && rule->group < group)
        fail(fmt::format("{} at {} stands further outside in {}", letter, level_name(level), dataflow.name));
      group = rule->group;
    }
  }
  const auto& keeps = dataflow.weights_in_global_buffer;
  if (pins.weights_in_global_buffer &&
      std::find(keeps.begin(), keeps.end(), *pins.weights_in_global_buffer) == keeps.end()) {
    fail(fmt::format("weights kept elsewhere than in {}", dataflow.name));
  }
}

BoundChoices::BoundChoices(const Layer& layer, const Accelerator& accelerator, const Dataflow& dataflow,
                           const Pins& pins)
    : layer_(layer), accelerator_(accelerator), dataflow_(dataflow), pins_(pins) {
  check_pins(pins_, dataflow_);
  for (const Dimension d : kAllDimensions) in_array_[d] = make_in_array(d);
}

/// The bounds of a level's loop over a dimension of which `left` indices (or tiles) are left there.
std::vector<std::int64_t> BoundChoices::bounds(Level level, Dimension d, std::int64_t left,
                                               std::int64_t most) const {
  const auto& pinned = pins_.at(level);
  const Loop* pin = find_loop(pinned.loops, d);
  const bool divides = is_in_steps(d, layer_, accelerator_) && level != Level::dram;
  const auto only = [&](std::int64_t bound) {
    const bool is_one = bound <= std::min(left, most) && !(divides && left % bound != 0);
    return is_one ? std::vector<std::int64_t>{bound} : std::vector<std::int64_t>{};
  };
  if (pin != nullptr) return only(pin->bound);
  const LoopRule* rule = dataflow_.find(level, d);
  if (!pinned.more || rule == nullptr) return {1};
  if (rule->limit == LoopRule::Limit::all) return only(left);
  if (rule->limit == LoopRule::Limit::exactly) return only(std::min(left, rule->value));
  if (rule->limit == LoopRule::Limit::at_most) most = std::min(most, rule->value);
  std::vector<std::int64_t> bounds;
  if (divides) {
    bounds = bounds_in_a_step(left);
    std::erase_if(bounds, [&](std::int64_t bound) { return bound > most; });
    return bounds;
  }
  for (std::int64_t bound = 1; bound <= std::min(left, most);) {
    bounds.push_back(bound);
    // The next one makes fewer steps, and is the smallest that does.
    const std::int64_t steps = ceil_div(left, bound);
    if (steps == 1) break;
    bound = ceil_div(left, steps - 1);
  }
  return bounds;
}

std::vector<Split> BoundChoices::make_in_array(Dimension d) {
  std::vector<Split> choices;
  Split split;
  split.whole = layer_.bounds[d];
  const std::int64_t whole = bound_in_a_step(d, layer_, accelerator_);
  for (const std::int64_t part : bounds(Level::pe, d, whole, whole)) {
    const std::int64_t parts = ceil_div(whole, part);
    for (const std::int64_t columns : bounds(Level::pe_columns, d, parts, accelerator_.columns)) {
      const std::int64_t left = ceil_div(parts, columns);
      for (const std::int64_t rows : bounds(Level::pe_rows, d, left, accelerator_.rows)) {
        if (find_outside(d, split.whole / whole * ceil_div(left, rows)).empty()) continue;
        split.part = part;
        split.columns = columns;
        split.rows = rows;
        split.set_array();
        choices.push_back(split);
      }
    }
  }
  return choices;
}

const std::vector<BoundChoices::Outside>& BoundChoices::find_outside(Dimension d, std::int64_t steps) {
  const auto [at, is_new] = outside_[d].try_emplace(steps);
  if (is_new) at->second = make_outside(d, steps);
  return at->second;
}

std::vector<BoundChoices::Outside> BoundChoices::make_outside(Dimension d, std::int64_t steps) const {
  std::vector<Outside> choices;
  const LoopRule* rule = dataflow_.find(Level::dram, d);
  const auto& pinned = pins_.at(Level::dram);
  const Loop* pin = find_loop(pinned.loops, d);
  const auto allowed = [&](std::int64_t bound) {
    if (pin != nullptr) return bound == pin->bound;
    if (rule == nullptr || !pinned.more) return bound == 1;
    using enum LoopRule::Limit;
    return !(rule->limit == at_most && bound > rule->value) &&
           !(rule->limit == exactly && bound != std::min(rule->value, steps));
  };
  if (rule == nullptr && pin == nullptr && dataflow_.find(Level::global_buffer, d) != nullptr &&
      find_loop(pins_.at(Level::global_buffer).loops, d) == nullptr) {
    // All steps are the buffer's: no need to go through its bounds.
    const auto at_buffer = bounds(Level::global_buffer, d, steps, steps);
    if (!at_buffer.empty() && at_buffer.back() == steps) choices.push_back({steps, 1});
    return choices;
  }
  const std::int64_t inside = is_in_steps(d, layer_, accelerator_) ? steps / layer_.steps : steps;
  for (const std::int64_t buffer : bounds(Level::global_buffer, d, inside, inside)) {
    const std::int64_t dram = ceil_div(steps, buffer);
    if (allowed(dram)) choices.push_back({buffer, dram});
  }
  return choices;
}

}  // namespace weir
