#include "mapper/mapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "mapper/steps.h"
#include "mapper/systolic_search.h"
#include "mapping/capacity.h"
#include "mapping/systolic.h"
#include "timing/schedule.h"
#include "timing/step_cursor.h"

namespace weir {
namespace {

/// Mappings that compete by exact cycles, where time is part of the objective.
constexpr std::size_t kFinalists = 8;
/// Longer layers keep the estimated cycles: scheduling them may take long.
constexpr std::int64_t kMostScheduledSteps = 1'000'000;

/// Replaces the estimated cycles of the best mappings by exact ones, and puts them in that order.
void rank_exactly(const Layer& layer, const Accelerator& accelerator, const MappingCost& cost,
                  const Dataflow& dataflow, std::vector<RankedMapping>& best) {
  // A PE without a register file is sent a word for each MAC: that takes as long as some steps.
  constexpr std::int64_t kMacsLikeAStep = 20;
  const bool streams =
      !has_register_file(Tensor::ifmap, accelerator.pe) || !has_register_file(Tensor::weight, accelerator.pe);
  if (streams && !accelerator.systolic() && layer.macs() / kMacsLikeAStep > kMostScheduledSteps) return;
  const bool are_short = std::all_of(best.begin(), best.end(), [&](const RankedMapping& each) {
    const LoopNest nest(each.mapping, layer);
    return timing::StepCursor(nest).steps(0) <= kMostScheduledSteps;
  });
  if (!are_short) return;
  for (auto& [mapping, score] : best) {
    score.cycles = timing::schedule(layer, mapping, accelerator, Overlap::processing).cycles;
    score.cost = cost.of(score.energy, score.cycles);
  }
  std::sort(best.begin(), best.end(), RankingOrder(dataflow.prefer));
}

/// The best mappings by one rule; none, and why, when it has none.
struct OfRule {
  SearchResult result;
  std::string why_none;
};

OfRule search_rule_alone(const Layer& layer, const Accelerator& accelerator, const Dataflow& rule,
                         const MappingCost& cost, const MapperRequest& request) {
  if (accelerator.systolic()) {
    SystolicSearch search(layer, accelerator, rule, cost, request);
    OfRule found{search.run(), {}};
    found.why_none = search.why_none();
    return found;
  }
  const Space space(layer, accelerator, rule, request.pins);
  SearchOptions options = request.search;
  if (request.objective != Objective::energy) options.top = std::max(options.top, kFinalists);
  OfRule found{Search(space, cost, rule.prefer, options).run(), {}};
  std::vector<RankedMapping>& best = found.result.best;
  if (best.empty()) found.why_none = space.why_empty();
  // Without replay, which needs DRAM to be hidden, a schedule would take longer than the search.
  if (request.overlap == Overlap::processing) rank_exactly(layer, accelerator, cost, rule, best);
  if (best.size() > request.search.top) best.resize(request.search.top);
  for (RankedMapping& each : best) each.mapping.mark = rule.mark;
  return found;
}

/// The same; pins that contradict this rule are a reason not to use it where there are other rules.
OfRule search_rule(const Layer& layer, const Accelerator& accelerator, const Dataflow& rule, bool has_others,
                   const MappingCost& cost, const MapperRequest& request) {
  try {
    return search_rule_alone(layer, accelerator, rule, cost, request);
  } catch (const config::InputError& error) {
    if (!has_others) throw;
    return {{}, error.what()};
  }
}

/// Joins the best of two rules.
void merge(const SearchResult& more, const RankingOrder& order, std::size_t top, SearchResult& result) {
  result.legal += more.legal;
  result.evaluated += more.evaluated;
  for (const RankedMapping& mapping : more.best)
    result.best.insert(std::upper_bound(result.best.begin(), result.best.end(), mapping, order), mapping);
  if (result.best.size() > top) result.best.resize(top);
}

}  // namespace

SearchResult find_mappings(const Layer& whole, const Accelerator& accelerator,
                           const energy::EnergyTable& table, const Dataflow& given_dataflow,
                           const MapperRequest& given_request) {
  if (whole.is_memory_bound()) {  // nothing of it is on the array
    const MappingCost cost(whole, accelerator, table, given_request.objective, given_request.overlap);
    return {{{Mapping{}, cost.evaluate({})}}, 1, 1};
  }
  const Layer layer = mapped_layer(whole, accelerator);
  const Dataflow dataflow = in_steps(given_dataflow, layer, accelerator);
  MapperRequest request = given_request;
  pin_steps(layer, accelerator, request.pins);
  const MappingCost cost(whole, accelerator, table, request.objective, request.overlap);
  const bool several = !dataflow.alternatives.empty();
  OfRule all = search_rule(layer, accelerator, dataflow, several, cost, request);
  for (const Dataflow& rule : dataflow.alternatives) {
    const OfRule more = search_rule(layer, accelerator, rule, several, cost, request);
    merge(more.result, RankingOrder(dataflow.prefer), request.search.top, all.result);
    all.why_none += "; or " + more.why_none;
  }
  if (all.result.best.empty()) {
    throw NoMapping(dataflow.mark,
                    fmt::format("{} cannot be mapped on {} as {} says: {}", layer.name, accelerator.name,
                                dataflow.name, all.why_none),
                    all.why_none);
  }
  return std::move(all.result);
}

}  // namespace weir
