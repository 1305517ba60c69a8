#include "sweep/evaluate.h"

#include <fmt/format.h>

#include <exception>
#include <stdexcept>
#include <string_view>

#include "sweep/search.h"

namespace weir::sweep {
namespace {

constexpr std::string_view kMapping = "mapping ", kRefusal = "refusal ";

LayerSearch::Found found_of(const std::string& known) {
  if (known.starts_with(kRefusal)) return {std::nullopt, known.substr(kRefusal.size())};
  return {mapping_of(known.substr(kMapping.size())), ""};
}

}  // namespace

std::string known_from(const LayerOutcome& outcome) {
  if (!outcome.mapping.empty()) return fmt::format("{}{}", kMapping, outcome.mapping);
  if (outcome.failure == Failure::refused) return fmt::format("{}{}", kRefusal, outcome.message);
  return "";
}

LayerOutcome evaluate_layer(const DesignPoint& point, std::size_t index, const std::string& known) {
  const Layer& layer = point.workload->value.layers[index];
  LayerOutcome outcome;
  try {
    const auto found = known.empty() ? LayerSearch(point, index).run() : found_of(known);
    if (!found.mapping) {
      outcome.failure = Failure::refused;
      outcome.message = found.refusal;
      return outcome;
    }
    const evaluate::Job job{layer, *found.mapping, point.request.overlap, point.request.data};
    outcome.mapping = mapping_json(job.mapping);
    switch (point.request.fidelity) {
      case Fidelity::simulate:
        outcome.stats = evaluate::simulate(job, point.accelerator);
        break;
      case Fidelity::estimate:
        outcome.stats = evaluate::estimate(job, point.accelerator);
        break;
      case Fidelity::closed_form:
        outcome.stats = evaluate::count(job, point.accelerator);
        break;
      case Fidelity::ports:
        throw std::logic_error("no sweep can ask for it");
    }
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
