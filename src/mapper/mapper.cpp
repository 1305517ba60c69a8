#include "mapper/mapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "mapper/systolic_search.h"
#include "mapping/systolic.h"

namespace weir {

namespace {

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
  OfRule found{Search(space, cost, rule.prefer, request.search).run(), {}};
  if (found.result.best.empty()) found.why_none = space.why_empty();
  for (RankedMapping& best : found.result.best) best.mapping.mark = rule.mark;
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
                           const energy::EnergyTable& table, const Dataflow& dataflow,
                           const MapperRequest& request) {
  if (whole.is_memory_bound()) {  // nothing of it is on the array
    const MappingCost cost(whole, accelerator, table, request.objective, request.overlap);
    return {{{Mapping{}, cost.evaluate({})}}, 1, 1};
  }
  const Layer layer = mapped_layer(whole, accelerator);
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
