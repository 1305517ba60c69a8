#include "cli/validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/validation_keys.h"
#include "config/resources.h"

namespace weir::cli {
namespace {

using config::Node;
using config::TableMap;
using report::Fidelity;

/// The values of a list of one or more.
std::vector<Node> some(const Node& node, std::string_view what) {
  auto values = node.list();
  if (values.empty()) node.fail(fmt::format("no {}; allowed is one or more", what));
  return values;
}

/// A tolerance for all layers, or one for each; layers without one are shown and not judged.
std::map<std::string, double> read_tolerances(const Node& node, const std::vector<std::string>& layers) {
  std::map<std::string, double> tolerances;
  if (!node.is_map()) {
    for (const auto& layer : layers) tolerances[layer] = node.number(0, 100);
    return tolerances;
  }
  for (const auto& [layer, value] : node.map().entries()) {
    layer.choice(layers);
    tolerances[layer.text()] = value.number(0, 100);
  }
  return tolerances;
}

const report::Quantity* read_quantity(const Node& node, Overlap overlap) {
  const auto* quantity = report::find_quantity(node.choice(report::quantity_names()));
  if (quantity->overlap && *quantity->overlap != overlap) {
    node.fail(fmt::format("{} of a run with another overlap; allowed is {}", quantity->name,
                          report::overlap_name(*quantity->overlap)));
  }
  return quantity;
}

void read_published(const Node& node, ValidationRun& run) {
  TableMap map(node, published_keys());
  const auto* quantity = read_quantity(map.at("quantity"), run.request.overlap);
  const std::string source = map.at("source").text();
  std::vector<std::string> allowed = run.request.layers;
  allowed.emplace_back(kTotal);
  std::vector<report::Comparison> comparisons;
  std::vector<std::string> layers;
  const Node values = map.at("values");
  for (const auto& [layer, value] : values.map().entries()) {
    layers.push_back(layer.choice(allowed));
    comparisons.push_back(
        {layers.back(), quantity, source, value.number(1e-9, kMostPublished), 0, {}, false});
  }
  if (layers.empty()) values.fail("no values; allowed is one or more");
  if (const auto tolerance = map.find("tolerance_percent")) {
    const auto tolerances = read_tolerances(*tolerance, layers);
    for (auto& comparison : comparisons) {
      const auto found = tolerances.find(comparison.layer);
      if (found != tolerances.end()) comparison.allowed_percent = found->second;
    }
  }
  map.finish();
  run.comparisons.insert(run.comparisons.end(), comparisons.begin(), comparisons.end());
}

/// `against`: the same run with other mappings, which ours is to be no worse than.
void read_against(const Node& node, ValidationRun& run) {
  TableMap map(node, against_keys());
  run.against = run.request;
  run.against->mapping = map.at("mapping").text();
  const auto* quantity = read_quantity(map.at("quantity"), run.request.overlap);
  const std::string source = map.at("source").text();
  const double more = map.at("at_most_percent_more").number(0, 100);
  map.finish();
  for (const auto& layer : run.request.layers)
    run.comparisons.push_back({layer, quantity, source, 0, 0, more, true});
}

/// Mappings are those of a file, or what a search by a dataflow's rule finds.
void read_mappings_of(TableMap& map, Request& request) {
  if (const auto dataflow = map.find("dataflow")) {
    request.dataflow = dataflow->text();
    if (const auto objective = map.find("objective")) {
      request.objective = objective->choice<Objective>(
          {{"energy", Objective::energy}, {"latency", Objective::latency}, {"edp", Objective::edp}});
    }
  } else {
    request.mapping = map.at("mapping").text();
  }
}

ValidationRun read_run(const Node& node, const std::string& accelerator) {
  TableMap map(node, run_keys());
  ValidationRun run;
  Request& request = run.request;
  const auto own_accelerator = map.find("accelerator");
  request.accelerator = own_accelerator ? own_accelerator->text() : accelerator;
  request.workload = map.at("workload").text();
  read_mappings_of(map, request);
  if (const auto fidelity = map.find("fidelity"))
    request.fidelity = fidelity->choice<Fidelity>(
        {{"simulate", Fidelity::simulate}, {"closed_form", Fidelity::closed_form}});
  request.batch = map.at("batch").integer(1, 65536);
  for (const auto& layer : some(map.at("layers"), "layers")) {
    request.layers.push_back(layer.name());
    if (request.layers.back() == kTotal) layer.fail("total stands for all layers; allowed are other names");
  }
  request.overlap =
      map.at("overlap").choice<Overlap>({{"processing", Overlap::processing}, {"total", Overlap::total}});
  request.data = DataMode::off;
  if (request.fidelity == Fidelity::simulate)
    request.data = map.at("data").choice<DataMode>({{"on", DataMode::on}, {"off", DataMode::off}});
  const auto against = map.find("against");
  if (against) {
    read_against(*against, run);
  } else {
    for (const auto& published : some(map.at("published"), "published numbers"))
      read_published(published, run);
  }
  map.finish();
  return run;
}

/// `order`: the runs stand in the order that was published for a quantity of their totals.
report::Ranking read_order(const Node& node, const std::vector<ValidationRun>& runs) {
  TableMap map(node, order_keys());
  report::Ranking ranking{};
  ranking.quantity = read_quantity(map.at("quantity"), runs.front().request.overlap);
  ranking.source = map.at("source").text();
  const Node times = map.at("times_first");
  const auto limits = times.list();
  if (limits.size() != 2)
    times.fail(fmt::format("{} numbers; allowed are two, the least and the most", limits.size()));
  ranking.least_times = limits[0].number(1, kMostPublished);
  ranking.most_times = limits[1].number(ranking.least_times, kMostPublished);
  map.finish();
  for (const ValidationRun& run : runs) {
    const auto is_it = [&](const auto& c) { return c.quantity == ranking.quantity && c.layer == kTotal; };
    const auto published = std::find_if(run.comparisons.begin(), run.comparisons.end(), is_it);
    const auto count = std::count_if(run.comparisons.begin(), run.comparisons.end(), is_it);
    if (count != 1) {
      node.fail(fmt::format("a run has {} published numbers for {} of its {}; allowed is one", count,
                            ranking.quantity->name, kTotal));
    }
    const std::string name = run.request.dataflow.value_or(run.request.mapping.value_or(""));
    ranking.entries.push_back({name, published->published, 0});
  }
  return ranking;
}

}  // namespace

std::vector<std::string> validation_files() {
  std::vector<std::string> files;
  for (const auto& name : config::names_of(config::kValidations))
    files.push_back(config::find_file("--file", name, config::kValidations));
  return files;
}

Validation read_validation(const Node& root) {
  TableMap map(root, validation_keys());
  Validation validation;
  validation.name = map.at("validation").name();
  const std::string accelerator = map.at("accelerator").text();
  for (const auto& run : some(map.at("runs"), "runs")) validation.runs.push_back(read_run(run, accelerator));
  if (const auto order = map.find("order")) validation.ranking = read_order(*order, validation.runs);
  map.finish();
  return validation;
}

}  // namespace weir::cli
