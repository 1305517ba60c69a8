#include "mapper/mapper.h"

#include <fmt/format.h>

namespace weir {

SearchResult find_mappings(const Layer& layer, const Accelerator& accelerator,
                           const energy::EnergyTable& table, const Dataflow& dataflow,
                           const MapperRequest& request) {
  if (layer.is_memory_bound()) {  // nothing of it is on the array
    const MappingCost cost(layer, accelerator, table, request.objective, request.overlap);
    return {{{Mapping{}, cost.evaluate({})}}, 1, 1};
  }
  const Space space(layer, accelerator, dataflow, request.pins);
  const MappingCost cost(layer, accelerator, table, request.objective, request.overlap);
  SearchResult result = Search(space, cost, dataflow.prefer, request.search).run();
  if (result.best.empty()) {
    const std::string reason = space.why_empty();
    throw NoMapping(dataflow.mark,
                    fmt::format("{} cannot be mapped on {} as {} says: {}", layer.name, accelerator.name,
                                dataflow.name, reason),
                    reason);
  }
  for (RankedMapping& best : result.best) best.mapping.mark = dataflow.mark;
  return result;
}

}  // namespace weir
