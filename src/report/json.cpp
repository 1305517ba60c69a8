#include <fmt/format.h>

#include "config/resources.h"
#include "report/by_kind.h"
#include "report/files.h"
#include "report/json_values.h"
#include "report/metrics.h"
#include "report/writers.h"

namespace weir::report {
namespace {

constexpr int kSchemaVersion = 1;

Json json_of(const energy::Energy& energy) {
  Json object = Json::object();
  for (std::size_t i = 0; i < stats::kComponents; ++i)
    object[std::string(stats::kComponentNames[i])] = energy.by_component[i];
  return object;
}

Json json_of(const Mapping& mapping) {
  Json object = Json::object();
  for (const Level level : kAllLevels) {
    Json loops = Json::array();
    for (const Loop& loop : mapping.at(level)) {
      loops.push_back(fmt::format("{}={}", dimension_letter(loop.dimension), loop.bound));
    }
    object[std::string(level_name(level))] = loops;
  }
  if (mapping.weights_in_global_buffer) object["keep"] = {{"weight", {"global_buffer", "pe"}}};
  return object;
}

Json stalls_of(const Metrics& m) {
  Json pe = Json::object();
  for (std::size_t i = 0; i < stats::kPeStates; ++i)
    pe[std::string(stats::kPeStateNames[i])] = m.pe_cycles.values[i];
  Json links = Json::object();
  for (std::size_t i = 0; i < stats::kLinks; ++i) {
    const auto& [busy, blocked, idle] = m.links[i];
    links[std::string(stats::kLinkNames[i])] = {{"busy", busy}, {"blocked", blocked}, {"idle", idle}};
  }
  return {{"pe", pe}, {"links", links}};
}

Json accesses_of(const RunResult& run, const stats::Counts& counts) {
  Json list = Json::array();
  for (const Access& a : priced_accesses(counts, run.energy)) {
    list.push_back({{"level", a.level},
                    {"tensor", a.tensor},
                    {"action", a.action},
                    {"count", a.count},
                    {"energy", a.energy}});
  }
  return list;
}

Json json_of(const RunResult& run, const LayerResult& result) {
  const Metrics m = metrics_of(run, result);
  return {{"layer", result.layer.name},
          {"kind", layer_kind_name(result.layer.kind)},
          {"macs", m.macs},
          {"cycles", m.cycles},
          {"vector_operations", m.vector_operations},
          {"milliseconds", m.milliseconds},
          {"active_pes", result.stats.active_pes},
          {"mac_utilization", m.mac_utilization},
          {"energy", m.energy.total()},
          {"energy_by_level", json_of(m.energy)},
          {"dram_words", m.dram_words},
          {"dram_words_per_mac", m.dram_words_per_mac},
          {"global_buffer_words", m.global_buffer_words},
          {"bound_by", m.bound_by},
          {"verified", verified_word(result.stats.verification)},
          {"accesses", accesses_of(run, m.counts)},
          {"stalls", stalls_of(m)},
          {"mapping", json_of(result.mapping)}};
}

Json kinds_of(const RunResult& run) {
  Json kinds = Json::array();
  for (const auto& [kind, layers, m, bounds] : by_kind(run)) {
    Json bound_by = Json::object();
    for (const auto& [name, count] : bounds) bound_by[std::string(name)] = count;
    kinds.push_back({{"kind", kind},
                     {"layers", layers},
                     {"macs", m.macs},
                     {"cycles", m.cycles},
                     {"milliseconds", m.milliseconds},
                     {"mac_utilization", m.mac_utilization},
                     {"energy", m.energy.total()},
                     {"bound_by", bound_by},
                     {"stalls", stalls_of(m)}});
  }
  return kinds;
}

Json unmapped_of(const RunResult& run) {
  Json list = Json::array();
  for (const auto& [layer, reason] : run.unmapped)
    list.push_back({{"layer", layer.name},
                    {"kind", layer_kind_name(layer.kind)},
                    {"macs", layer.macs()},
                    {"reason", reason}});
  return list;
}

Json missing_of(const RunResult& run) {
  const Missing& missing = run.missing;
  return {{"nodes", missing.nodes},
          {"mac_nodes", missing.mac_nodes},
          {"of_mac_nodes", missing.of_mac_nodes},
          {"known_macs", missing.known_macs},
          {"causes", missing.causes},
          {"text", run.missing_text}};
}

Json totals_of(const RunResult& run) {
  const Metrics m = metrics_of(run, run.layers);
  return {{"macs", m.macs},
          {"cycles", m.cycles},
          {"vector_operations", m.vector_operations},
          {"milliseconds", m.milliseconds},
          {"active_pes", m.active_pes},
          {"mac_utilization", m.mac_utilization},
          {"energy", m.energy.total()},
          {"energy_by_level", json_of(m.energy)},
          {"dram_words", m.dram_words},
          {"dram_words_per_mac", m.dram_words_per_mac},
          {"global_buffer_words", m.global_buffer_words},
          {"stalls", stalls_of(m)}};
}

Json prices_of(const energy::EnergyTable& table) {
  Json list = Json::array();
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    const auto component = static_cast<stats::Component>(c);
    for (std::size_t d = 0; d < kTensors; ++d) {
      for (const stats::Action action : energy::actions_of(component)) {
        list.push_back({{"level", stats::kComponentNames[c]},
                        {"tensor", kTensorNames[d]},
                        {"action", stats::kActionNames[static_cast<std::size_t>(action)]},
                        {"energy", table.price(component, static_cast<Tensor>(d), action)}});
      }
    }
  }
  return list;
}

Json inputs_of(const RunResult& run) {
  Json inputs = Json::object();
  for (const auto& [name, node] : run.inputs) inputs[name] = json_value(node);
  const Json asked = {{"dataflow", run.dataflow},
                      {"batch", run.batch},
                      {"fidelity", fidelity_name(run.fidelity)},
                      {"data", run.data},
                      {"overlap", overlap_name(run.overlap)},
                      {"seed", run.seed}};
  inputs.update(asked);
  return inputs;
}

}  // namespace

std::string stats_json(const RunResult& run) {
  Json layers = Json::array();
  for (const auto& result : run.layers) layers.push_back(json_of(run, result));
  Json stats = {{"schema_version", kSchemaVersion}, {"weir_version", config::version()},
                {"inputs", inputs_of(run)},         {"energy_unit", run.energy.unit},
                {"prices", prices_of(run.energy)},  {"clock_mhz", run.accelerator.clock_mhz},
                {"pes", run.accelerator.pes()},     {"layers", layers},
                {"unmapped", unmapped_of(run)},     {"by_kind", kinds_of(run)},
                {"totals", totals_of(run)}};
  if (run.missing.nodes > 0) stats["missing"] = missing_of(run);
  return json_text(stats);
}

const std::vector<std::string>& result_files() {
  static const std::vector<std::string> names = {"layers.csv", "accesses.csv", "stats.json"};
  return names;
}

void write_results(const RunResult& run, const std::filesystem::path& folder) {
  const auto& names = result_files();
  write_files(folder,
              {{names[0], layers_csv(run)}, {names[1], accesses_csv(run)}, {names[2], stats_json(run)}});
}

}  // namespace weir::report
