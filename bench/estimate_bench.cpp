// The estimate of one mapping: what the mapper and a sweep by estimate do most.
#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <utility>

#include "estimate/estimator.h"
#include "mapper/cost.h"
#include "mapper/mapper.h"
#include "shipped.h"

namespace weir::bench {
namespace {

void estimate(benchmark::State& state, const Layer& layer, const Mapping& mapping) {
  const estimate::Estimator estimator(layer, shipped().accelerator);
  for (auto _ : state) benchmark::DoNotOptimize(estimator.evaluate(mapping));
}

/// The estimate and its price, as the mapper asks for it.
void score(benchmark::State& state, const Layer& layer, const Mapping& mapping) {
  const MappingCost cost(layer, shipped().accelerator, shipped().prices, Objective::energy,
                         Overlap::processing);
  for (auto _ : state) benchmark::DoNotOptimize(cost.evaluate(mapping));
}

/// The best mappings that are found, which have other loops than the published ones.
void estimate_found(benchmark::State& state, const Layer& layer, Objective objective) {
  MapperRequest request;
  request.objective = objective;
  const auto& [accelerator, workload, prices, dataflow, published] = shipped();
  // Searched once, though a benchmark is called for each guess of its iterations and for each repetition.
  static std::map<std::pair<std::string, Objective>, Mapping> found;
  const auto [at, is_new] = found.try_emplace({layer.name, objective});
  if (is_new) at->second = find_mappings(layer, accelerator, prices, dataflow, request).best.front().mapping;
  estimate(state, layer, at->second);
}

const bool kRegistered = [] {
  for (const Layer& layer : shipped().workload.layers) {
    const Mapping& published = shipped().published.mappings.at(layer.name);
    const auto name = [&](const char* what) { return what + ("/" + layer.name); };
    benchmark::RegisterBenchmark(name("estimate/published").c_str(), estimate, layer, published);
    benchmark::RegisterBenchmark(name("score/published").c_str(), score, layer, published);
    benchmark::RegisterBenchmark(name("estimate/least_energy").c_str(), estimate_found, layer,
                                 Objective::energy);
    benchmark::RegisterBenchmark(name("estimate/least_latency").c_str(), estimate_found, layer,
                                 Objective::latency);
  }
  return true;
}();

}  // namespace
}  // namespace weir::bench
