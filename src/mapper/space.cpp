#include "mapper/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace weir {
namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

const Loop* find_loop(const std::vector<Loop>& loops, Dimension d) {
  const auto found =
      std::find_if(loops.begin(), loops.end(), [&](const Loop& l) { return l.dimension == d; });
  return found == loops.end() ? nullptr : &*found;
}

Extents pe_tile(const Candidate& candidate) {
  Extents tile;
  for (const Dimension d : kAllDimensions) tile[d] = candidate.splits[d].part;
  return tile;
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

Space::Space(const Layer& layer, const Accelerator& accelerator, const Dataflow& dataflow, const Pins& pins)
    : layer_(layer),
      accelerator_(accelerator),
      dataflow_(dataflow),
      pins_(pins),
      dram_(dataflow.at(Level::dram), pins.at(Level::dram)),
      buffer_(dataflow.at(Level::global_buffer), pins.at(Level::global_buffer)) {
  check_pins(pins_, dataflow_);
  for (const Dimension d : kAllDimensions) {
    in_array_[d] = in_array(d);
    least_part_[d] = layer_.bounds[d];
    for (const InArray& choice : in_array_[d]) least_part_[d] = std::min(least_part_[d], choice.part);
  }
  std::vector<Candidate> arrays;
  for (const bool keeps_weights : dataflow_.weights_in_global_buffer) {
    if (pins_.weights_in_global_buffer.value_or(keeps_weights) != keeps_weights) continue;
    Candidate candidate;
    candidate.weights_in_global_buffer = keeps_weights;
    for (const Dimension d : kAllDimensions) {
      candidate.splits[d].whole = layer_.bounds[d];
      candidate.splits[d].part = least_part_[d];
    }
    add_arrays(0, candidate, 1, 1, arrays);
  }
  group(arrays);
}

void Space::group(const std::vector<Candidate>& arrays) {
  using Extent = std::array<std::int64_t, kDimensions + 1>;
  std::map<Extent, std::size_t> number_of;
  for (const Candidate& array : arrays) {
    Extent tile{};
    for (std::size_t d = 0; d < kDimensions; ++d) tile[d] = array.splits.values[d].extent;
    tile[kDimensions] = array.weights_in_global_buffer ? 1 : 0;
    const auto [at, is_new] = number_of.try_emplace(tile, arrays_.size());
    if (is_new) arrays_.push_back({array, {}});
    Arrays& same = arrays_[at->second];
    for (const Dimension d : kAllDimensions) same.all.splits[d].include(array.splits[d]);
    same.choices.push_back(array);
  }
}

/// The bounds of a level's loop over a dimension of which `left` indices (or tiles) are left there.
std::vector<std::int64_t> Space::bounds(Level level, Dimension d, std::int64_t left,
                                        std::int64_t most) const {
  const auto& pinned = pins_.at(level);
  const Loop* pin = find_loop(pinned.loops, d);
  const auto only = [&](std::int64_t bound) {
    return bound <= std::min(left, most) ? std::vector<std::int64_t>{bound} : std::vector<std::int64_t>{};
  };
  if (pin != nullptr) return only(pin->bound);
  const LoopRule* rule = dataflow_.find(level, d);
  if (!pinned.more || rule == nullptr) return {1};
  if (rule->limit == LoopRule::Limit::all) return only(left);
  if (rule->limit == LoopRule::Limit::exactly) return only(std::min(left, rule->value));
  if (rule->limit == LoopRule::Limit::at_most) most = std::min(most, rule->value);
  std::vector<std::int64_t> bounds;
  for (std::int64_t bound = 1; bound <= std::min(left, most);) {
    bounds.push_back(bound);
    // The next one makes fewer steps, and is the smallest that does.
    const std::int64_t steps = ceil_div(left, bound);
    if (steps == 1) break;
    bound = ceil_div(left, steps - 1);
  }
  return bounds;
}

std::vector<Space::InArray> Space::in_array(Dimension d) const {
  std::vector<InArray> choices;
  const std::int64_t whole = layer_.bounds[d];
  for (const std::int64_t part : bounds(Level::pe, d, whole, whole)) {
    const std::int64_t parts = ceil_div(whole, part);
    for (const std::int64_t columns : bounds(Level::pe_columns, d, parts, accelerator_.columns)) {
      const std::int64_t left = ceil_div(parts, columns);
      for (const std::int64_t rows : bounds(Level::pe_rows, d, left, accelerator_.rows)) {
        if (!outside(d, ceil_div(left, rows)).empty()) choices.push_back({part, columns, rows});
      }
    }
  }
  return choices;
}

Space::Choices Space::outside(Dimension d, std::int64_t steps) const {
  Choices choices;
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
  for (const std::int64_t buffer : bounds(Level::global_buffer, d, steps, steps)) {
    const std::int64_t dram = ceil_div(steps, buffer);
    if (allowed(dram)) choices.push_back({buffer, dram});
  }
  return choices;
}

void Space::add_arrays(std::size_t next, Candidate& candidate, std::int64_t columns, std::int64_t rows,
                       std::vector<Candidate>& arrays) {
  if (next == kDimensions) {
    if (!candidate.weights_in_global_buffer) {
      Extents tile;
      for (const Dimension d : kAllDimensions) tile[d] = candidate.splits[d].array_tile();
      const Need need = prefetch_need(tile, layer_, accelerator_);
      if (!need.fits()) return note(2, need);
    }
    for (const Dimension d : kAllDimensions) place_steps(d, candidate);
    arrays.push_back(candidate);
    return;
  }
  const Dimension d = kAllDimensions[next];
  const Split before = candidate.splits[d];
  for (const InArray& choice : in_array_[d]) {
    Split& split = candidate.splits[d];
    split.part = choice.part;
    split.columns = choice.columns;
    split.rows = choice.rows;
    split.set_array();
    if (columns * choice.columns > accelerator_.columns) {
      note(0, {"places of pe_columns", columns * choice.columns, accelerator_.columns});
    } else if (rows * choice.rows > accelerator_.rows) {
      note(0, {"places of pe_rows", rows * choice.rows, accelerator_.rows});
    } else if (fits_pe(candidate)) {
      add_arrays(next + 1, candidate, columns * choice.columns, rows * choice.rows, arrays);
    }
  }
  candidate.splits[d] = before;
}

bool Space::fits_pe(const Candidate& candidate) {
  for (const Need& need : pe_needs(pe_tile(candidate), layer_, accelerator_)) {
    if (need.fits()) continue;
    note(1, need);
    return false;
  }
  return true;
}

void Space::note(int stage, const Need& need) {
  const auto over = [](const Need& n) { return n.needed - n.there; };
  if (stage > miss_.stage || (stage == miss_.stage && over(need) < over(miss_.need))) miss_ = {stage, need};
}

void Space::build(const Candidate& candidate, const LoopOrder& dram, const LoopOrder& buffer,
                  Mapping& mapping) const {
  mapping.weights_in_global_buffer = candidate.weights_in_global_buffer;
  const auto from_rules = [&](Level level, auto bound) {
    auto& loops = mapping.at(level);
    loops.clear();
    for (const LoopRule& rule : dataflow_.at(level)) {
      const std::int64_t n = bound(candidate.splits[rule.dimension]);
      if (n > 1) loops.push_back({rule.dimension, n});
    }
  };
  const auto from_order = [&](Level level, const LoopOrder& order, auto bound) {
    auto& loops = mapping.at(level);
    loops.clear();
    for (std::size_t i = 0; i < order.count; ++i)
      loops.push_back({order.dimensions[i], bound(candidate.splits[order.dimensions[i]])});
  };
  from_order(Level::dram, dram, [](const Split& s) { return s.dram; });
  from_order(Level::global_buffer, buffer, [](const Split& s) { return s.buffer; });
  from_rules(Level::pe_rows, [](const Split& s) { return s.rows; });
  from_rules(Level::pe_columns, [](const Split& s) { return s.columns; });
  from_rules(Level::pe, [](const Split& s) { return s.part; });
}

}  // namespace weir
