#include "mapper/systolic_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/ceil_div.h"
#include "estimate/systolic_estimate.h"
#include "mapper/bound_choices.h"
#include "mapper/steps.h"
#include "mapping/systolic.h"

namespace weir {
namespace {

using enum Dimension;
using Limit = LoopRule::Limit;

}  // namespace

SystolicSearch::SystolicSearch(const Layer& product, const Accelerator& accelerator, const Dataflow& rule,
                               const MappingCost& cost, const MapperRequest& request)
    : layer_(product),
      accelerator_(accelerator),
      rule_(rule),
      cost_(cost),
      request_(request),
      dram_(rule.at(Level::dram), request.pins.at(Level::dram), false),
      buffer_(rule.at(Level::global_buffer), request.pins.at(Level::global_buffer), false) {}

SearchResult SystolicSearch::run() {
  check_pins(request_.pins, rule_);
  for (const SystolicRoles& roles : kSystolicRoles) {
    if (!has_loop(Level::pe_rows, roles.rows) || !has_loop(Level::pe_columns, roles.columns) ||
        !has_loop(Level::pe, roles.stream))
      continue;
    for (const bool keeps_weights : rule_.weights_in_global_buffer) {
      if (request_.pins.weights_in_global_buffer.value_or(keeps_weights) == keeps_weights)
        search_roles(roles, keeps_weights);
    }
  }
  note(0, "a systolic array needs loops over (C, M, P), (C, P, M) or (P, M, C) at (pe_rows, pe_columns, pe)");
  const RankingOrder order(rule_.prefer);
  // By what they cost at least, so that the first few decide: adding up the times of folds takes long.
  std::stable_sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
    return std::pair(a.least.cost, a.least.cycles) < std::pair(b.least.cost, b.least.cycles);
  });
  SearchResult result;
  result.legal = candidates_.size();
  for (const Candidate& candidate : candidates_) {
    auto& best = result.best;
    const bool full = best.size() == std::max<std::size_t>(1, request_.search.top);
    if (full && std::pair(candidate.least.cost, candidate.least.cycles) >
                    std::pair(best.back().score.cost, best.back().score.cycles))
      break;
    RankedMapping ranked{candidate.mapping, cost_.evaluate(candidate.mapping)};
    ++result.evaluated;
    if (full && !order(ranked, best.back())) continue;
    best.insert(std::upper_bound(best.begin(), best.end(), ranked, order), ranked);
    if (full) best.pop_back();
  }
  return result;
}

void SystolicSearch::search_roles(const SystolicRoles& roles, bool keeps_weights) {
  if (!keeps_weights && roles.stationary != Tensor::weight)
    return note(1, "weights stream through the array: a systolic array keeps them in [global_buffer, pe]");
  const Need held = stationary_need(roles.stationary, accelerator_);
  if (!held.fits())
    return note(1, fmt::format("{}: {} words needed, {} there", held.what, held.needed, held.there));
  PerDimension<Bounds> bounds;
  for (const auto& [level, d, there] : {std::tuple(Level::pe_rows, roles.rows, accelerator_.rows),
                                        std::tuple(Level::pe_columns, roles.columns, accelerator_.columns)}) {
    const std::int64_t places = largest(level, d, there);
    if (places > there)
      return note(2, fmt::format("{}={} at {}, the array has {} places", dimension_letter(d), places,
                                 level_name(level), there));
    bounds[d].array = places;
  }
  // Groups share nothing: a tile of the buffer has as few as may be.
  const auto groups = outside(G, 1);
  const auto of_rows = outside(roles.rows, bounds[roles.rows].array);
  const auto of_columns = outside(roles.columns, bounds[roles.columns].array);
  if (groups.empty() || of_rows.empty() || of_columns.empty())
    return note(2, fmt::format("the loops that {} allows over G, {} and {} cannot cover the layer{}",
                               rule_.name, dimension_letter(roles.rows), dimension_letter(roles.columns),
                               of_steps(layer_, accelerator_)));
  bounds[G] = groups.front();
  for (const Bounds& rows : of_rows) {
    for (const Bounds& columns : of_columns) {
      bounds[roles.rows] = rows;
      bounds[roles.columns] = columns;
      choose_stream(roles, bounds, keeps_weights);
    }
  }
}

void SystolicSearch::choose_stream(const SystolicRoles& roles, PerDimension<Bounds>& bounds,
                                   bool keeps_weights) {
  const Dimension d = roles.stream;
  const std::int64_t whole = bound_in_a_step(d, layer_, accelerator_);
  Bounds& stream = bounds[d];
  const bool may_split = has_loop(Level::dram, d) || has_loop(Level::global_buffer, d);
  const auto fits_with = [&](std::int64_t array) {
    if (largest(Level::pe, d, array) != array) return false;
    const auto loops = outside(d, array);
    if (loops.empty()) return false;
    stream = loops.front();
    return fits(bounds, keeps_weights);
  };
  if (const auto array = fixed(Level::pe, d)) {
    for (const Bounds& loops : outside(d, *array)) {
      stream = loops;
      if (fits(bounds, keeps_weights)) add(roles, bounds, keeps_weights);
    }
    return;
  }
  if (is_in_steps(d, layer_, accelerator_)) {
    const auto arrays = bounds_in_a_step(whole);
    if (std::any_of(arrays.rbegin(), arrays.rend(), fits_with)) add(roles, bounds, keeps_weights);
    return;
  }
  const auto fits_in = [&](std::int64_t parts) { return fits_with(ceil_div(whole, parts)); };
  // The fewest parts that fit, found by halving: fewer words always fit if more do.
  std::int64_t least = 1, most = 1;
  while (!fits_in(most)) {
    if (!may_split || most == whole) return;
    least = most + 1;
    most = std::min(2 * most, whole);
  }
  while (least < most) {
    const std::int64_t middle = (least + most) / 2;
    if (fits_in(middle)) {
      most = middle;
    } else {
      least = middle + 1;
    }
  }
  if (fits_in(most)) add(roles, bounds, keeps_weights);
}

void SystolicSearch::add(const SystolicRoles& roles, const PerDimension<Bounds>& bounds, bool keeps_weights) {
  std::int64_t steps = 1;
  for (const Bounds& loops : bounds.values) {
    if (loops.buffer * loops.dram > kMostSteps / steps)
      return note(5, fmt::format("more than {} steps of the array, the most allowed", kMostSteps));
    steps *= loops.buffer * loops.dram;
  }
  Candidate candidate;
  Mapping& mapping = candidate.mapping;
  mapping.mark = rule_.mark;
  mapping.weights_in_global_buffer = keeps_weights;
  const auto put = [&](Level level, Dimension d, std::int64_t bound) {
    if (bound > 1) mapping.at(level).push_back({d, bound});
  };
  put(Level::pe_rows, roles.rows, bounds[roles.rows].array);
  put(Level::pe_columns, roles.columns, bounds[roles.columns].array);
  put(Level::pe, roles.stream, bounds[roles.stream].array);
  std::uint32_t at_dram = 0, at_buffer = 0;
  for (const Dimension d : kAllDimensions) {
    const std::uint32_t bit = 1U << static_cast<unsigned>(d);
    if (bounds[d].dram > 1) at_dram |= bit;
    if (bounds[d].buffer > 1) at_buffer |= bit;
  }
  // In which order the folds of a tile run changes no count.
  const LoopOrder& inside = buffer_.of(at_buffer).front();
  for (std::size_t i = 0; i < inside.count; ++i)
    put(Level::global_buffer, inside.dimensions[i], bounds[inside.dimensions[i]].buffer);
  for (const LoopOrder& order : dram_.of(at_dram)) {
    mapping.at(Level::dram).clear();
    for (std::size_t i = 0; i < order.count; ++i)
      put(Level::dram, order.dimensions[i], bounds[order.dimensions[i]].dram);
    candidate.least =
        cost_.score(estimate::SystolicEstimate(layer_, accelerator_, mapping, request_.overlap).least());
    candidates_.push_back(candidate);
  }
}

std::optional<std::int64_t> SystolicSearch::pinned(Level level, Dimension d) const {
  const auto& pins = request_.pins.at(level);
  for (const Loop& loop : pins.loops) {
    if (loop.dimension == d) return loop.bound;
  }
  return pins.more ? std::nullopt : std::optional<std::int64_t>(1);
}

bool SystolicSearch::has_loop(Level level, Dimension d) const { return rule_.find(level, d) != nullptr; }

std::optional<std::int64_t> SystolicSearch::fixed(Level level, Dimension d) const {
  const std::int64_t whole = bound_in_a_step(d, layer_, accelerator_);
  if (const auto pin = pinned(level, d)) return std::min(*pin, whole);
  const LoopRule* rule = rule_.find(level, d);
  if (rule->limit == Limit::all) return whole;
  if (rule->limit == Limit::exactly) return std::min(rule->value, whole);
  return std::nullopt;
}

std::int64_t SystolicSearch::largest(Level level, Dimension d, std::int64_t most) const {
  if (const auto only = fixed(level, d)) return *only;
  const LoopRule* rule = rule_.find(level, d);
  most = std::min(most, bound_in_a_step(d, layer_, accelerator_));
  if (rule->limit == Limit::at_most) most = std::min(most, rule->value);
  if (is_in_steps(d, layer_, accelerator_)) {
    while (layer_.bounds[d] / layer_.steps % most != 0) --most;
  }
  return most;
}

std::vector<SystolicSearch::Bounds> SystolicSearch::outside(Dimension d, std::int64_t array) const {
  const std::int64_t steps = ceil_div(layer_.bounds[d], array);
  const auto allowed = [&](Level level, std::int64_t bound, std::int64_t left) {
    if (const auto pin = pinned(level, d)) return bound == *pin;
    const LoopRule* rule = rule_.find(level, d);
    if (rule == nullptr) return bound == 1;
    if (rule->limit == Limit::all) return bound == left;
    if (rule->limit == Limit::exactly) return bound == std::min(rule->value, left);
    return rule->limit != Limit::at_most || bound <= rule->value;
  };
  std::vector<Bounds> choices;
  if (is_in_steps(d, layer_, accelerator_)) {
    const std::int64_t inside = steps / layer_.steps;
    const bool covers = array * inside * layer_.steps == layer_.bounds[d];
    if (covers && allowed(Level::dram, layer_.steps, steps) && allowed(Level::global_buffer, inside, inside))
      choices.push_back({array, inside, layer_.steps});
    return choices;
  }
  for (std::int64_t dram = steps; dram >= 1;) {
    const std::int64_t buffer = ceil_div(steps, dram);
    const std::int64_t tiles = ceil_div(steps, buffer);
    if (allowed(Level::dram, tiles, tiles) && allowed(Level::global_buffer, buffer, steps))
      choices.push_back({array, buffer, tiles});
    dram = tiles - 1;
  }
  return choices;
}

bool SystolicSearch::fits(const PerDimension<Bounds>& bounds, bool keeps_weights) {
  Extents array, buffer;
  for (const Dimension d : kAllDimensions) {
    array[d] = std::min(bounds[d].array, layer_.bounds[d]);
    buffer[d] = std::min(bounds[d].array * bounds[d].buffer, layer_.bounds[d]);
  }
  if (!keeps_weights) {
    const Need need = prefetch_need(array, layer_, accelerator_);
    if (!need.fits()) {
      if (stage_ < 3)
        note(3, fmt::format("{}: {} words needed, {} there", need.what, need.needed, need.there));
      return false;
    }
  }
  const BufferNeed need = buffer_need(buffer, keeps_weights, layer_, accelerator_);
  if (!need.fits() && stage_ < 4)
    note(4, fmt::format(
                "global_buffer: tiles of {} ifmap, {} weight and {} psum words do not fit {} banks of {}",
                need.words[0], need.words[1], need.words[2], need.banks_there,
                accelerator_.global_buffer.bank_words));
  return need.fits();
}

void SystolicSearch::note(int stage, std::string why) {
  if (stage <= stage_) return;
  stage_ = stage;
  why_none_ = std::move(why);
}

}  // namespace weir
