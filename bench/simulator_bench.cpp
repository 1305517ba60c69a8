// Parts of the simulator: a layer with and without words' values, the plan of who needs which word, and the
// reference convolution that outputs are compared with.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "mapping/array_shape.h"
#include "mapping/delivery.h"
#include "mapping/nest.h"
#include "shipped.h"
#include "systemc/simulator.h"
#include "workload/data.h"

namespace weir::bench {
namespace {

const Layer& layer_of(const std::string& name) {
  const auto& layers = shipped().workload.layers;
  return *std::find_if(layers.begin(), layers.end(), [&](const Layer& l) { return l.name == name; });
}

void simulate(benchmark::State& state, const std::string& name, bool data) {
  // SystemC elaborates once: all benchmarks share a machine.
  static systemc::Simulator simulator(shipped().accelerator);
  const evaluate::Job job{
      layer_of(name), shipped().published.mappings.at(name), Overlap::processing, data, 1, {}};
  std::int64_t cycles = 0;
  for (auto _ : state) cycles = simulator.run(job).cycles;
  const auto per_second = [&](std::int64_t n) {
    return benchmark::Counter(static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate);
  };
  state.counters["cycles/s"] = per_second(cycles);
  state.counters["MACs/s"] = per_second(job.layer.macs());
}

/// All deliveries of a layer's ifmap.
void plan_deliveries(benchmark::State& state, const std::string& name) {
  const Layer& layer = layer_of(name);
  const LoopNest nest(shipped().published.mappings.at(name), layer);
  std::int64_t steps = 0;
  for (auto _ : state) {
    ArrayShapes shapes(nest);
    DeliveryPlanner planner(Tensor::ifmap, layer, shapes.pes());
    StepWalker walker(nest);
    do {
      benchmark::DoNotOptimize(planner.next(walker.tile(), shapes.at(walker.tile().extents)).words.size());
    } while (walker.next());
    steps = walker.number() + 1;
  }
  state.counters["steps/s"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsIterationInvariantRate);
}

void convolve(benchmark::State& state, const std::string& name) {
  const Layer& layer = layer_of(name);
  const LayerData data = generate_data(layer, 1, true);
  for (auto _ : state) benchmark::DoNotOptimize(reference_convolution(layer, data).data());
  state.counters["MACs/s"] =
      benchmark::Counter(static_cast<double>(layer.macs()), benchmark::Counter::kIsIterationInvariantRate);
}

const bool kRegistered = [] {
  for (const std::string name : {"conv1", "conv2", "conv3", "conv4", "conv5"}) {
    const auto add = [&](const char* what, auto function, auto... arguments) {
      benchmark::RegisterBenchmark((what + ("/" + name)).c_str(), function, name, arguments...)
          ->Unit(benchmark::kMillisecond);
    };
    add("simulate/data_off", simulate, false);
    add("simulate/data_on", simulate, true);
    add("deliveries", plan_deliveries);
    add("reference_convolution", convolve);
  }
  return true;
}();

}  // namespace
}  // namespace weir::bench
