#include "sweep/evaluate.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "arch/simulator.h"
#include "mapper/mapper.h"
#include "timing/schedule.h"
#include "workload/data.h"

namespace weir::sweep {
namespace {

stats::LayerStats estimate(const DesignPoint& point, const Layer& layer, const Mapping& mapping) {
  std::int64_t zero_macs = 0;
  if (point.accelerator.pe.zero_gating)
    zero_macs = count_zero_macs(layer, generate_data(layer, arch::Job{}.seed, false).ifmap);
  return timing::schedule(layer, mapping, point.accelerator, point.overlap, {.zero_macs = zero_macs});
}

stats::LayerStats simulate(const DesignPoint& point, const Layer& layer, const Mapping& mapping) {
  arch::Simulator simulator(point.accelerator);
  return simulator.run({layer, mapping, point.overlap, point.data});
}

/// By level, as in a mapping file.
std::string json_text(const Mapping& mapping) {
  nlohmann::ordered_json object;
  for (const Level level : kAllLevels) {
    auto& loops = object[std::string(level_name(level))] = nlohmann::ordered_json::array();
    for (const Loop& loop : mapping.at(level))
      loops.push_back(fmt::format("{}={}", dimension_letter(loop.dimension), loop.bound));
  }
  if (mapping.weights_in_global_buffer) object["keep"] = {{"weight", {"global_buffer", "pe"}}};
  return object.dump();
}

}  // namespace

LayerOutcome evaluate_layer(const DesignPoint& point, std::size_t index) {
  const Layer& layer = point.workload->value.layers[index];
  LayerOutcome outcome;
  try {
    MapperRequest request;
    request.objective = point.objective;
    request.overlap = point.overlap;
    const auto found =
        find_mappings(layer, point.accelerator, point.energy->value, point.dataflow->value, request);
    const Mapping& mapping = found.best.front().mapping;
    outcome.mapping = json_text(mapping);
    outcome.stats = point.fidelity == Fidelity::estimate ? estimate(point, layer, mapping)
                                                         : simulate(point, layer, mapping);
  } catch (const std::exception& error) {
    outcome.failure = Failure::refused;
    outcome.message = error.what();
  }
  if (outcome.stats.verification == stats::Verification::failed) {
    outcome.failure = Failure::refused;
    outcome.message =
        fmt::format("{} output words differ from the reference convolution", outcome.stats.wrong_outputs);
  }
  return outcome;
}

}  // namespace weir::sweep
