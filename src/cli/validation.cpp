#include "cli/validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace weir::cli {
namespace {

using config::Map;
using config::Node;

constexpr double kMostPublished = 1e15;

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
  Map map = node.map();
  const auto* quantity = read_quantity(map.at("quantity"), run.request.overlap);
  const std::string source = map.at("source").text();
  std::vector<std::string> allowed = run.request.layers;
  allowed.emplace_back(kTotal);
  std::vector<report::Comparison> comparisons;
  std::vector<std::string> layers;
  for (const auto& [layer, value] : map.at("values").map().entries()) {
    layers.push_back(layer.choice(allowed));
    comparisons.push_back({layers.back(), quantity, source, value.number(1e-9, kMostPublished), 0, {}});
  }
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

ValidationRun read_run(const Node& node, const std::string& accelerator) {
  Map map = node.map();
  ValidationRun run;
  Request& request = run.request;
  request.accelerator = accelerator;
  request.workload = map.at("workload").text();
  request.mapping = map.at("mapping").text();
  request.batch = map.at("batch").integer(1, 65536);
  for (const auto& layer : map.at("layers").list()) request.layers.push_back(layer.name());
  request.overlap =
      map.at("overlap").choice<Overlap>({{"processing", Overlap::processing}, {"total", Overlap::total}});
  request.data = map.at("data").choice<DataMode>({{"on", DataMode::on}, {"off", DataMode::off}});
  for (const auto& published : map.at("published").list()) read_published(published, run);
  map.finish();
  return run;
}

}  // namespace

Validation read_validation(const Node& root) {
  Map map = root.map();
  Validation validation;
  validation.name = map.at("validation").name();
  const std::string accelerator = map.at("accelerator").text();
  for (const auto& run : map.at("runs").list()) validation.runs.push_back(read_run(run, accelerator));
  map.finish();
  return validation;
}

}  // namespace weir::cli
