// The best mapping of a layer among all that the dataflow allows, on one core.
#include <benchmark/benchmark.h>

#include "mapper/mapper.h"
#include "shipped.h"

namespace weir::bench {
namespace {

void find_best(benchmark::State& state, const Layer& layer, Objective objective) {
  const auto& [accelerator, workload, prices, dataflow, published] = shipped();
  MapperRequest request;
  request.objective = objective;
  SearchResult found;
  for (auto _ : state) found = find_mappings(layer, accelerator, prices, dataflow, request);
  state.counters["legal"] = static_cast<double>(found.legal);
  state.counters["evaluated"] = static_cast<double>(found.evaluated);
}

const bool kRegistered = [] {
  for (const auto& [name, objective] :
       {std::pair{"energy", Objective::energy}, {"latency", Objective::latency}, {"edp", Objective::edp}}) {
    for (const Layer& layer : shipped().workload.layers) {
      benchmark::RegisterBenchmark((std::string("mapper/") + name + "/" + layer.name).c_str(), find_best,
                                   layer, objective)
          ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}();

}  // namespace
}  // namespace weir::bench
