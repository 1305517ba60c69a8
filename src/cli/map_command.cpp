#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/command.h"
#include "cli/mapping_path.h"
#include "cli/objective.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/search_mappings.h"
#include "cli/unmapped.h"
#include "cli/workload_file.h"
#include "config/printable.h"
#include "config/resources.h"
#include "mapping/systolic.h"
#include "report/files.h"
#include "report/mapping_export.h"
#include "report/mapping_view.h"

namespace weir::cli {

po::options_description map_options() {
  const auto text = [] { return po::value<std::string>(); };
  po::options_description options("options");
  const auto add = [&](const char* name, po::typed_value<std::string>* value, const char* placeholder,
                       const char* help) {
    options.add_options()(name, value->value_name(placeholder), help);
  };
  add("accelerator", text()->required(), "NAME", "a file, or a name in configs/");
  add("workload", text()->required(), "NAME", "a file, or a name in workloads/");
  add("dataflow", text()->required(), "NAME", "a file, or a folder in dataflows/ with a dataflow.yaml");
  add("layer", text(), "LIST", "only these layers: names or globs, between commas");
  add("objective", text()->default_value(kDefaultObjective), "energy|latency|edp", "what is to be least");
  add("batch", text()->default_value("1"), "N", "images of conv and fc layers");
  add("overlap", text()->default_value("processing"), "processing|total", "whether DRAM is hidden or not");
  add("pin", text(), "FILE", "parts of mappings to keep; the rest is searched");
  add("energy", text(), "NAME", "a file, or a name in configs/energy/, instead of the accelerator's");
  add("jobs", text(), "N", kJobsHelp);
  add("top", text()->default_value("3"), "K", "how many of the best mappings to show");
  add("out", text(), "FILE", "write the best mappings there, as a mapping file");
  add("export", text(), "timeloop|zigzag", "write --out in another tool's words: a folder, or a file");
  options.add_options()("set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
                        "override a key of the accelerator (repeatable)");
  return options;
}

namespace {

using config::Node;

MapperRequest search_request_of(const po::variables_map& values) {
  constexpr std::uint64_t kMostShown = 1000;
  const auto text = [&](const char* option) { return values[option].as<std::string>(); };
  MapperRequest request;
  request.objective = objective_of(values);
  request.overlap = choice<Overlap>("overlap", text("overlap"),
                                    {{"processing", Overlap::processing}, {"total", Overlap::total}});
  request.search.threads = jobs_of(values);
  request.search.top = whole_number("top", text("top"), 1, kMostShown);
  request.search.count_legal = true;
  return request;
}

/// Pins by layer; a layer that the workload does not have would be ignored silently.
std::map<std::string, Pins> read_pins_for(const Workload& workload, const std::string& path) {
  auto pins = read_pins(Node::load(path));
  std::vector<std::string> names;
  for (const Layer& layer : workload.layers) names.push_back(layer.name);
  for (const auto& [name, pinned] : pins) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw config::InputError(pinned.mark, fmt::format("{} is no layer of {}{}", config::in_quotes(name),
                                                        workload.name, config::hint(name, names)));
  }
  return pins;
}

void print_layer(const Layer& layer, const SearchResult& result, const Accelerator& accelerator,
                 const std::string& unit) {
  const auto& [mapping, score] = result.best.front();
  fmt::print("{}: {} MACs; {} legal mappings, {} evaluated\n{}", layer.name, layer.macs(), result.legal,
             result.evaluated, report::mapping_view(mapping, layer, accelerator));
  fmt::print("  energy {:.6g} {}, {} cycles, {} of {} PEs active\n", score.energy, unit, score.cycles,
             score.active_pes, accelerator.pes());
  for (std::size_t i = 1; i < result.best.size(); ++i) {
    const auto& [other, cost] = result.best[i];
    fmt::print("  {}. {:+.3f} %: energy {:.6g}, {} cycles, {} PEs: {}\n", i + 1,
               100 * (cost.cost / score.cost - 1), cost.energy, cost.cycles, cost.active_pes,
               report::mapping_line(other));
  }
  fmt::print("\n");
}

/// The exporter that --export names, if any. Throws UsageError.
const report::MappingExporter* exporter_of(const po::variables_map& values) {
  const auto word = given(values, "export");
  if (!word) return nullptr;
  std::vector<std::pair<std::string, const report::MappingExporter*>> words;
  for (const auto& exporter : report::mapping_exporters()) words.emplace_back(exporter.name, &exporter);
  const auto* exporter = choice<const report::MappingExporter*>("export", *word, words);
  if (!given(values, "out")) throw UsageError("--export needs --out, which says where to");
  return exporter;
}

void write_exported(const report::MappingExporter& exporter, const std::vector<report::MappedLayer>& found,
                    const Accelerator& accelerator, const std::string& out) {
  const auto exported = exporter.write(found, accelerator);
  if (exporter.makes_folder) {
    report::prepare_folder(out);
    report::write_files(out, exported.files);
  } else {
    report::write_file(out, exported.files.front().second);
  }
  std::fflush(stdout);
  for (const std::string& lost : exported.lost)
    fmt::print(stderr, "{}\n",
               config::one_line(fmt::format("weir map: note: not in {}'s words: {}", exporter.name, lost)));
}

}  // namespace

int map_command(const Arguments& arguments) {
  constexpr std::uint64_t kMostImages = 65536;
  const auto values = parse_options("weir map --accelerator NAME --workload NAME --dataflow NAME [OPTIONS]",
                                    map_options(), arguments);
  if (!values) return 0;
  const auto text = [&](const char* option) { return (*values)[option].as<std::string>(); };
  const MapperRequest request = search_request_of(*values);
  const auto* const exporter = exporter_of(*values);
  const auto overrides =
      values->contains("set") ? (*values)["set"].as<std::vector<std::string>>() : std::vector<std::string>{};
  const Node accelerator_file =
      Node::load(config::find_file("--accelerator", text("accelerator"), config::kAccelerators), overrides);
  const Accelerator accelerator = read_accelerator(accelerator_file);
  check_overlap(accelerator, request.overlap, accelerator_file);
  const auto table = energy::read_energy_table(
      Node::load(config::find_file("--energy", given(*values, "energy").value_or(accelerator.energy),
                                   config::kEnergyTables)),
      accelerator);
  const auto batch = static_cast<std::int64_t>(whole_number("batch", text("batch"), 1, kMostImages));
  const Workload workload = read_workload(load_workload(text("workload")), batch);
  const Dataflow dataflow = read_dataflow(Node::load(dataflow_path(text("dataflow"))));
  const auto patterns = given(*values, "layer");
  auto layers =
      select_layers(workload, patterns ? split_list("layer", *patterns) : std::vector<std::string>{});
  std::erase_if(layers, [](const Layer& layer) { return layer.is_memory_bound(); });
  std::map<std::string, Pins> pins;
  if (const auto file = given(*values, "pin"))
    pins = read_pins_for(workload, config::find_file("--pin", *file, config::kMappings));

  const auto out = given(*values, "out");
  const bool makes_folder = exporter && exporter->makes_folder;
  if (out && makes_folder) report::check_folder(*out);
  std::vector<std::filesystem::path> files;
  if (out && !makes_folder) files.emplace_back(*out);
  const report::Targets targets(files);
  std::vector<report::UnmappedLayer> unmapped;
  const auto results = search_mappings(layers, accelerator, table, dataflow, request, pins, true, &unmapped);
  std::vector<std::pair<std::string, Mapping>> found;
  std::vector<report::MappedLayer> mapped;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (results[i].best.empty()) continue;
    print_layer(layers[i], results[i], accelerator, table.unit);
    found.emplace_back(layers[i].name, results[i].best.front().mapping);
    mapped.push_back({mapped_layer(layers[i], accelerator), found.back().second});
  }
  if (out && !found.empty() && exporter) write_exported(*exporter, mapped, accelerator, *out);
  if (out && !found.empty() && !exporter) report::write_file(*out, mapping_text(found));
  return std::max(check_mapped("map", unmapped, !found.empty(), accelerator.name, dataflow.name),
                  check_complete("map", workload.missing, missing_text(workload)));
}

}  // namespace weir::cli
