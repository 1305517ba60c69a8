#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/command.h"
#include "cli/execute.h"
#include "cli/options.h"
#include "cli/validation.h"
#include "config/resources.h"

namespace weir::cli {
namespace {

po::options_description validate_options() {
  const auto text = [] { return po::value<std::string>(); };
  po::options_description options("options");
  options.add_options()("file", text()->default_value("eyeriss-alexnet")->value_name("FILE"),
                        "a file, or a name in validation/")("only", text()->value_name("NAME"),
                                                            "only this layer or this quantity")(
      "json", po::bool_switch(), "print the comparisons as JSON");
  return options;
}

/// Leaves only the comparisons of one layer or quantity, and the runs and layers that they need.
void keep_only(const std::string& name, Validation& validation) {
  std::set<std::string> names;
  for (auto& run : validation.runs) {
    auto& comparisons = run.comparisons;
    for (const auto& c : comparisons) names.insert({c.layer, std::string(c.quantity->name)});
    std::erase_if(comparisons, [&](const auto& c) { return c.layer != name && c.quantity->name != name; });
    const auto needs = [&](const std::string& layer) {
      return std::any_of(comparisons.begin(), comparisons.end(),
                         [&](const auto& c) { return c.layer == layer || c.layer == kTotal; });
    };
    std::erase_if(run.request.layers, [&](const auto& layer) { return !needs(layer); });
  }
  std::erase_if(validation.runs, [](const auto& run) { return run.comparisons.empty(); });
  if (validation.runs.empty()) {
    throw UsageError(fmt::format("--only is {}{}", config::quoted(name),
                                 config::hint(name, {names.begin(), names.end()})));
  }
}

double ours(const report::RunResult& result, const report::Comparison& comparison) {
  const auto is_it = [&](const auto& l) { return l.layer.name == comparison.layer; };
  const auto found = std::find_if(result.layers.begin(), result.layers.end(), is_it);
  const auto metrics =
      found == result.layers.end() ? metrics_of(result, result.layers) : metrics_of(result, *found);
  return comparison.quantity->of(metrics, result.accelerator);
}

}  // namespace

int validate_command(const Arguments& arguments) {
  const auto values = parse_options("weir validate [OPTIONS]", validate_options(), arguments);
  if (!values) return 0;
  auto validation = read_validation(
      config::Node::load(config::find_file("--file", (*values)["file"].as<std::string>(), "validation")));
  if (const auto only = given(*values, "only")) keep_only(*only, validation);

  std::vector<Plan> plans;
  for (const auto& run : validation.runs) plans.push_back(make_plan(run.request));
  execute(plans, true);

  std::vector<report::Comparison> comparisons;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    for (auto& comparison : validation.runs[i].comparisons) {
      comparison.ours = ours(plans[i].result, comparison);
      comparisons.push_back(comparison);
    }
  }
  const bool json = (*values)["json"].as<bool>();
  fmt::print("{}", json ? comparison_json(validation.name, comparisons)
                        : comparison_table(validation.name, comparisons));
  return std::any_of(comparisons.begin(), comparisons.end(), [](const auto& c) { return c.outside(); }) ? 1
                                                                                                        : 0;
}

}  // namespace weir::cli
