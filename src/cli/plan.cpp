#include "cli/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "cli/command.h"
#include "cli/mapping_path.h"
#include "cli/options.h"
#include "cli/search_mappings.h"
#include "cli/workload_file.h"
#include "config/printable.h"
#include "config/resources.h"
#include "mapping/check.h"
#include "ports/ports_simulator.h"
#include "report/metrics.h"
#include "workload/workload.h"

namespace weir::cli {
namespace {

using config::Node;

/// Layers up to this size carry data unless asked otherwise.
constexpr std::int64_t kMostMacsWithData = 10'000'000'000;
/// Memory-bound layers have no MACs: of them so many words, each of which takes a few bytes meanwhile, and as
/// many operations as MACs.
constexpr std::int64_t kMostWordsWithData = 100'000'000;

std::vector<std::string> names_of(const std::vector<Layer>& layers) {
  std::vector<std::string> names;
  names.reserve(layers.size());
  for (const auto& layer : layers) names.push_back(layer.name);
  return names;
}

/// A mapping of a layer that the workload does not have would be ignored silently.
void check_mapped_names(const MappingFile& file, const Workload& workload) {
  const auto names = names_of(workload.layers);
  for (const auto& [name, mapping] : file.mappings) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw config::InputError(mapping.mark, fmt::format("{} is no layer of {}{}", config::in_quotes(name),
                                                         workload.name, config::hint(name, names)));
    }
  }
}

/// Memory-bound layers have none.
Mapping mapping_of(const Layer& layer, const MappingFile& file) {
  const auto found = file.mappings.find(layer.name);
  if (found != file.mappings.end()) return found->second;
  if (layer.is_memory_bound()) return {};
  std::vector<std::string> names;
  for (const auto& [name, mapping] : file.mappings) names.push_back(name);
  throw config::InputError(file.mark, fmt::format("no mapping of layer {}; there are mappings of {}",
                                                  layer.name, fmt::join(names, ", ")));
}

struct Mappings {
  Node file;             ///< that they, or the rule by which they are found, stand in
  std::string dataflow;  ///< its name, or the file's where none was given
  MappingFile of_layers;
  std::vector<report::UnmappedLayer> unmapped;
};

/// The mappings of a file.
Mappings given_mappings(const Node& file, const std::string& dataflow, const Workload& workload) {
  Mappings given{file, dataflow, read_mappings(file), {}};
  check_mapped_names(given.of_layers, workload);
  return given;
}

/// The mappings that a search finds.
Mappings found_mappings(const Request& request, const Accelerator& accelerator,
                        const energy::EnergyTable& energy, const std::vector<Layer>& layers,
                        const Node& rule) {
  MapperRequest search;
  search.objective = request.objective;
  search.overlap = request.overlap;
  search.search.threads = request.threads;
  const Dataflow dataflow = read_dataflow(rule);
  Mappings found{rule, dataflow.name, {}, {}};
  const auto results =
      search_mappings(layers, accelerator, energy, dataflow, search, {}, request.may_show_progress,
                      request.skip_unmappable ? &found.unmapped : nullptr);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!results[i].best.empty()) found.of_layers.mappings[layers[i].name] = results[i].best.front().mapping;
  }
  return found;
}

/// Whether mappings would have to be searched, and are not.
bool is_open(const Request& request) { return !request.mapping && !request.search; }

/// The mapping file that is asked for, or what a search finds, or the rule by which it would.
Mappings mappings_of(const Request& request, const Accelerator& accelerator,
                     const energy::EnergyTable& energy, const Workload& workload,
                     const std::vector<Layer>& layers) {
  if (request.mapping == kPublished) {
    if (!request.dataflow) throw UsageError("--mapping published needs --dataflow");
    const auto published = published_mappings(*request.dataflow, accelerator.name, workload.name);
    return given_mappings(Node::load(published.file), published.dataflow, workload);
  }
  if (request.mapping) {
    const Node file = Node::load(config::find_file("--mapping", *request.mapping, config::kMappings));
    return given_mappings(
        file, request.dataflow.value_or(std::filesystem::path(file.mark().file).stem().string()), workload);
  }
  const Node rule = Node::load(dataflow_path(*request.dataflow));
  if (is_open(request)) return {rule, read_dataflow(rule).name, {}, {}};
  return found_mappings(request, accelerator, energy, layers, rule);
}

/// A file's mapping that is not legal is bad input; one that was found is a fault of the search.
void check(const Mapping& mapping, const Layer& layer, const Accelerator& accelerator, bool found) {
  try {
    check_mapping(mapping, layer, accelerator);
  } catch (const config::InputError& error) {
    if (!found) throw;
    throw std::logic_error(fmt::format("the search found what is not legal: {}", error.what()));
  }
}

/// Whether a layer is worth going through clock by clock.
void check_size([[maybe_unused]] const Mapping& mapping, [[maybe_unused]] const Layer& layer,
                [[maybe_unused]] const Accelerator& accelerator) {
#ifdef WEIR_SYSTEMC
  const double needed = ports::least_pe_cycles(layer, mapping, accelerator);
  if (needed <= ports::kMostPeCycles) return;
  throw UsageError(fmt::format(
      "--fidelity ports goes through every cycle of every PE: layer {} has {:.2g} at least, allowed are "
      "{:.0g}; choose smaller layers with --layer, a smaller --batch, or --fidelity simulate",
      layer.name, needed, ports::kMostPeCycles));
#endif
}

bool is_small(const Layer& layer) {
  if (!layer.is_memory_bound()) return layer.macs() <= kMostMacsWithData;
  const VectorWork& work = layer.vector_work;
  std::int64_t words = work.words_out;
  for (const TensorShape& shape : work.values.inputs) words += words_of(shape) * work.values.images;
  const Plane& filter = work.values.filter;
  return words <= kMostWordsWithData && static_cast<double>(work.words_out) *
                                                static_cast<double>(filter.vertical) *
                                                static_cast<double>(filter.horizontal) <=
                                            static_cast<double>(kMostMacsWithData);
}

bool with_data(const Layer& layer, DataMode mode) {
  return mode == DataMode::on || (mode == DataMode::automatic && is_small(layer));
}

std::string_view data_mode_name(DataMode mode) {
  return mode == DataMode::automatic ? "auto" : mode == DataMode::on ? "on" : "off";
}

}  // namespace

report::Fidelity fidelity_of(const std::string& word, DataMode data) {
  const auto fidelity = choice<report::Fidelity>("fidelity", word,
                                                 {{"simulate", report::Fidelity::simulate},
                                                  {"estimate", report::Fidelity::estimate},
                                                  {"ports", report::Fidelity::ports}});
  if (fidelity == report::Fidelity::estimate && data == DataMode::on)
    throw UsageError("--data on needs --fidelity simulate: an estimate moves no values");
  return fidelity;
}

std::vector<Layer> select_layers(const Workload& workload, const std::vector<std::string>& patterns) {
  if (patterns.empty()) return workload.layers;
  std::vector<bool> selected(workload.layers.size());
  for (const auto& pattern : patterns) {
    bool matched = false;
    for (std::size_t i = 0; i < selected.size(); ++i) {
      if (::fnmatch(pattern.c_str(), workload.layers[i].name.c_str(), 0) == 0) selected[i] = matched = true;
    }
    if (!matched) {
      throw UsageError(fmt::format("--layer {} is no layer of {}{}", config::in_quotes(pattern),
                                   workload.name, config::hint(pattern, names_of(workload.layers))));
    }
  }
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < selected.size(); ++i) {
    if (selected[i]) layers.push_back(workload.layers[i]);
  }
  return layers;
}

Plan make_plan(const Request& request) {
  const Node accelerator_file = Node::load(
      config::find_file("--accelerator", request.accelerator, config::kAccelerators), request.overrides);
  const Accelerator accelerator = read_accelerator(accelerator_file);
  check_overlap(accelerator, request.overlap, accelerator_file);
  const Node energy_file =
      Node::load(request.energy ? config::find_file("--energy", *request.energy, config::kEnergyTables)
                                : config::find_file("energy", accelerator.energy, config::kEnergyTables));
  const Node workload_file = load_workload(request.workload);
  const Workload workload = read_workload(workload_file, request.batch);
  if (!request.dataflow && !request.mapping) throw UsageError("--dataflow or --mapping is missing");
  const energy::EnergyTable energy = energy::read_energy_table(energy_file, accelerator);
  const std::vector<Layer> layers = select_layers(workload, request.layers);
  const Mappings found = mappings_of(request, accelerator, energy, workload, layers);

  Plan plan{
      {.accelerator = accelerator,
       .workload = workload.name,
       .dataflow = found.dataflow,
       .batch = request.batch,
       .overlap = request.overlap,
       .fidelity = request.fidelity,
       .data = std::string(data_mode_name(request.data)),
       .seed = request.seed,
       .energy = energy,
       .inputs = {{"accelerator", accelerator_file}, {"workload", workload_file}, {"energy", energy_file}},
       .layers = {},
       .unmapped = found.unmapped,
       .missing = workload.missing,
       .missing_text = missing_text(workload)},
      found.file,
      {}};
  if (is_open(request)) return plan;
  for (const Layer& layer : layers) {
    const bool is_unmapped =
        std::any_of(found.unmapped.begin(), found.unmapped.end(),
                    [&](const auto& unmapped) { return unmapped.layer.name == layer.name; });
    if (is_unmapped) continue;
    const Mapping mapping = mapping_of(layer, found.of_layers);
    check(mapping, layer, accelerator, !request.mapping);
    if (request.fidelity == report::Fidelity::ports) check_size(mapping, layer, accelerator);
    plan.jobs.push_back({layer,
                         mapping,
                         request.overlap,
                         with_data(layer, request.data),
                         request.seed,
                         {},
                         {},
                         request.replay});
  }
  return plan;
}

std::string print_config(const Plan& plan) {
  const auto document = [](const Node& node) {
    std::string text = fmt::format("---  # {}\n{}", node.mark().file, node.dump());
    if (!text.ends_with('\n')) text += '\n';
    return text;
  };
  const auto& run = plan.result;
  std::string text = fmt::format("# dataflow {}, batch {}, overlap {}, data {}, seed {}\n", run.dataflow,
                                 run.batch, report::overlap_name(run.overlap), run.data, run.seed);
  for (const auto& [name, node] : run.inputs) text += document(node);
  return config::printable(text + document(plan.mapping));
}

}  // namespace weir::cli
