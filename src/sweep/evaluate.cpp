#include "sweep/evaluate.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "estimate/estimator.h"
#include "mapper/mapper.h"
#include "mapping/own_macs.h"
#include "timing/schedule.h"
#include "workload/data.h"

namespace weir::sweep {
namespace {

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

stats::LayerStats estimate(const arch::Job& job, const Accelerator& accelerator) {
  std::int64_t zero_macs = 0;
  if (accelerator.pe.zero_gating && !job.layer.is_memory_bound())
    zero_macs = count_zero_macs(job.layer, job.seed);
  return timing::schedule(job.layer, job.mapping, accelerator, job.overlap,
                          {.zero_macs = zero_macs, .replay = job.replay});
}

stats::LayerStats count(const arch::Job& job, const Accelerator& accelerator) {
  if (job.layer.macs() == 0) return estimate(job, accelerator);
  const auto evaluation = estimate::Estimator(job.layer, accelerator, job.overlap).evaluate(job.mapping);
  stats::LayerStats result;
  result.macs = performed_macs(job.layer, accelerator);
  result.cycles = evaluation.cycles;
  result.active_pes = evaluation.active_pes;
  result.counts = evaluation.counts;
  return result;
}

LayerOutcome evaluate_layer(const DesignPoint& point, std::size_t index) {
  const Layer& layer = point.workload->value.layers[index];
  LayerOutcome outcome;
  try {
    MapperRequest request;
    request.objective = point.objective;
    request.overlap = point.overlap;
    const auto found =
        find_mappings(layer, point.accelerator, point.energy->value, point.dataflow->value, request);
    const arch::Job job{layer, found.best.front().mapping, point.overlap, point.data};
    outcome.mapping = json_text(job.mapping);
    switch (point.fidelity) {
      case Fidelity::simulate:
        outcome.stats = arch::Simulator(point.accelerator).run(job);
        break;
      case Fidelity::estimate:
        outcome.stats = estimate(job, point.accelerator);
        break;
      case Fidelity::closed_form:
        outcome.stats = count(job, point.accelerator);
        break;
    }
  } catch (const NoMapping& error) {  // without its names: layers and machines of other names share it
    outcome.failure = Failure::refused;
    outcome.message = "cannot be mapped: " + error.reason();
  } catch (const std::exception& error) {
    outcome.failure = Failure::refused;
    outcome.message = error.what();
  }
  if (outcome.stats.verification == stats::Verification::failed) {
    outcome.failure = Failure::refused;
    outcome.message = fmt::format("{} output words differ from the reference", outcome.stats.wrong_outputs);
  }
  return outcome;
}

}  // namespace weir::sweep
