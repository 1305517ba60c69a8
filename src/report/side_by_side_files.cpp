#include <fmt/format.h>

#include <array>

#include "config/resources.h"
#include "report/csv.h"
#include "report/json_values.h"
#include "report/side_by_side.h"

namespace weir::report {
namespace {

constexpr int kComparisonVersion = 1;

/// Energy by tensor, that of the MACs left out.
std::array<double, kTensors> energy_by_tensor(const RunResult& run, const Metrics& m) {
  std::array<double, kTensors> energy{};
  m.counts.for_each([&](stats::Component c, Tensor d, stats::Action a, std::int64_t count) {
    if (c != stats::Component::mac)
      energy[static_cast<std::size_t>(d)] += static_cast<double>(count) * run.energy.price(c, d, a);
  });
  return energy;
}

/// The numbers of one layer or of the total of one run; `first` is the same of the run that all are related
/// to.
struct Row {
  const RunResult& run;
  const Metrics& metrics;
  const std::optional<Metrics>& first;
};

std::string csv_of(const Row& row) {
  const Metrics& m = row.metrics;
  std::string text = fmt::format(",{},{},{},{}", m.macs, m.active_pes, m.dram_words, m.global_buffer_words);
  for (const double energy : energy_by_tensor(row.run, m)) text += fmt::format(",{}", energy);
  for (const auto& quantity : compared_quantities()) text += fmt::format(",{}", quantity.of(m));
  for (const auto& quantity : compared_quantities()) {
    const auto ratio = row.first ? relative(quantity.of(m), quantity.of(*row.first)) : std::nullopt;
    text += ratio ? fmt::format(",{}", *ratio) : ",";
  }
  return text;
}

Json json_of(const Row& row) {
  const Metrics& m = row.metrics;
  Json object = {{"macs", m.macs},
                 {"active_pes", m.active_pes},
                 {"dram_words", m.dram_words},
                 {"global_buffer_words", m.global_buffer_words}};
  const auto by_tensor = energy_by_tensor(row.run, m);
  for (std::size_t d = 0; d < kTensors; ++d) object[fmt::format("energy_{}", kTensorNames[d])] = by_tensor[d];
  Json ratios = Json::object();
  for (const auto& [name, of] : compared_quantities()) {
    object[std::string(name)] = of(m);
    const auto ratio = row.first ? relative(of(m), of(*row.first)) : std::nullopt;
    ratios[std::string(name)] = ratio ? Json(*ratio) : Json();
  }
  object["cycles"] = m.cycles;
  object["relative"] = ratios;
  return object;
}

std::string reason_of(const RunResult& run, const std::string& layer) {
  for (const auto& unmapped : run.unmapped) {
    if (unmapped.layer.name == layer) return unmapped.reason;
  }
  return "";
}

stats::Verification verification_of(const RunResult& run, const std::string& layer) {
  for (const auto& result : run.layers) {
    if (result.layer.name == layer) return result.stats.verification;
  }
  return stats::Verification::off;
}

std::string head() {
  std::string text =
      "accelerator,dataflow,scope,layer,mapped,reason,bound_by,verified,macs,active_pes,dram_words,"
      "global_buffer_words";
  for (const auto name : kTensorNames) text += fmt::format(",energy_{}", name);
  for (const auto& quantity : compared_quantities()) text += fmt::format(",{}", quantity.name);
  for (const auto& quantity : compared_quantities()) text += fmt::format(",relative_{}", quantity.name);
  return text + "\n";
}

/// What stands behind the reason in a row without numbers.
std::string empty_cells() { return std::string(6 + kTensors + 2 * compared_quantities().size(), ','); }

Json json_of_run(const SideBySide& comparison, std::size_t i) {
  const RunResult& run = comparison.runs()[i];
  Json inputs = Json::object();
  for (const auto& [name, node] : run.inputs) {
    if (name != "workload") inputs[name] = json_value(node);
  }
  Json layers = Json::array(), unmapped = Json::array();
  for (const std::string& name : comparison.layers()) {
    const auto metrics = comparison.layer(i, name);
    if (!metrics) {
      unmapped.push_back({{"layer", name}, {"reason", reason_of(run, name)}});
      continue;
    }
    Json layer = {{"layer", name}};
    layer.update(json_of(Row{run, *metrics, comparison.layer(comparison.reference(), name)}));
    layer["bound_by"] = metrics->bound_by;
    layer["verified"] = verified_word(verification_of(run, name));
    layers.push_back(layer);
  }
  const auto total = comparison.total(i);
  return {{"name", comparison.name(i)},
          {"accelerator", run.accelerator.name},
          {"dataflow", run.dataflow},
          {"folder", SideBySide::folder(run)},
          {"clock_mhz", run.accelerator.clock_mhz},
          {"pes", run.accelerator.pes()},
          {"inputs", inputs},
          {"layers", layers},
          {"unmapped", unmapped},
          {"in_totals", comparison.in_totals(i)},
          {"totals", total ? json_of(Row{run, *total, comparison.total(comparison.reference())}) : Json()}};
}

}  // namespace

std::string side_by_side_csv(const SideBySide& comparison) {
  std::string text = head();
  for (std::size_t i = 0; i < comparison.runs().size(); ++i) {
    const RunResult& run = comparison.runs()[i];
    const std::string pair = csv_field(run.accelerator.name) + "," + csv_field(run.dataflow);
    for (const std::string& name : comparison.layers()) {
      const auto metrics = comparison.layer(i, name);
      text += fmt::format("{},layer,{},", pair, csv_field(name));
      if (metrics) {
        text += fmt::format("yes,,{},{}{}\n", metrics->bound_by, verified_word(verification_of(run, name)),
                            csv_of(Row{run, *metrics, comparison.layer(comparison.reference(), name)}));
      } else {
        text += fmt::format("no,{}{}\n", csv_field(reason_of(run, name)), empty_cells());
      }
    }
    const auto total = comparison.total(i);
    if (total) {
      text += fmt::format("{},total,,yes,,,{}\n", pair,
                          csv_of(Row{run, *total, comparison.total(comparison.reference())}));
    } else {
      text += fmt::format("{},total,,no,{}{}\n", pair,
                          run.layers.empty() ? "no layer is mapped" : "not in the totals", empty_cells());
    }
  }
  return text;
}

std::string side_by_side_json(const SideBySide& comparison) {
  const RunResult& first = comparison.runs().front();
  Json workload;
  for (const auto& [name, node] : first.inputs) {
    if (name == "workload") workload = json_value(node);
  }
  Json pairs = Json::array();
  for (std::size_t i = 0; i < comparison.runs().size(); ++i) pairs.push_back(json_of_run(comparison, i));
  return json_text({{"schema_version", kComparisonVersion},
                    {"weir_version", config::version()},
                    {"inputs",
                     {{"workload", workload},
                      {"batch", first.batch},
                      {"objective", comparison.objective()},
                      {"fidelity", fidelity_name(first.fidelity)},
                      {"data", first.data},
                      {"overlap", overlap_name(first.overlap)},
                      {"seed", first.seed}}},
                    {"energy_unit", first.energy.unit},
                    {"relative_to", comparison.name(comparison.reference())},
                    {"layers", comparison.layers()},
                    {"common_layers", comparison.common_layers()},
                    {"pairs", pairs}});
}

}  // namespace weir::report
