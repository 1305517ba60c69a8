#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "config/resources.h"
#include "report/files.h"
#include "report/metrics.h"
#include "report/writers.h"

namespace weir::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

template <typename Number>
std::optional<Number> whole_text_as(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

Json json_of_scalar(const std::string& text) {
  if (const auto integer = whole_text_as<std::int64_t>(text)) return *integer;
  if (const auto number = whole_text_as<double>(text)) return *number;
  if (text == "true" || text == "false") return text == "true";
  return text;
}

Json json_of(const config::Node& node) {
  if (node.is_scalar()) return json_of_scalar(node.text());
  if (node.is_list()) {
    Json list = Json::array();
    for (const auto& item : node.list()) list.push_back(json_of(item));
    return list;
  }
  Json object = Json::object();
  for (const auto& [key, value] : node.map().entries()) object[key.text()] = json_of(value);
  return object;
}

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

Json inputs_of(const RunResult& run) {
  Json inputs = Json::object();
  for (const auto& [name, node] : run.inputs) inputs[name] = json_of(node);
  const Json asked = {{"dataflow", run.dataflow},
                      {"batch", run.batch},
                      {"fidelity", "simulate"},
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
  const Json stats = {{"schema_version", kSchemaVersion},
                      {"weir_version", config::version()},
                      {"inputs", inputs_of(run)},
                      {"energy_unit", run.energy.unit},
                      {"clock_mhz", run.accelerator.clock_mhz},
                      {"pes", run.accelerator.pes()},
                      {"layers", layers},
                      {"totals", totals_of(run)}};
  return stats.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_results(const RunResult& run, const std::filesystem::path& folder) {
  write_files(folder, {{"layers.csv", layers_csv(run)},
                       {"accesses.csv", accesses_csv(run)},
                       {"stats.json", stats_json(run)}});
}

}  // namespace weir::report
