#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/command.h"
#include "cli/execute.h"
#include "cli/options.h"
#include "cli/validation.h"
#include "config/printable.h"
#include "config/resources.h"

namespace weir::cli {

po::options_description validate_options() {
  const auto text = [] { return po::value<std::string>(); };
  po::options_description options("options");
  options.add_options()("file", text()->value_name("FILE"),
                        "a file, or a name in validation/; else all that are there")(
      "only", text()->value_name("NAME"), "only this layer or this quantity")(
      "json", po::bool_switch(), "print the comparisons as JSON");
  return options;
}

namespace {

/// Leaves only the comparisons of one layer or quantity, and the runs and layers that they need.
void keep_only(const std::string& name, std::vector<Validation>& validations) {
  std::set<std::string> names;
  for (auto& validation : validations) {
    if (validation.ranking && validation.ranking->quantity->name != name) validation.ranking.reset();
    for (auto& run : validation.runs) {
      auto& comparisons = run.comparisons;
      for (const auto& c : comparisons) names.insert({c.layer, std::string(c.quantity->name)});
      std::erase_if(comparisons, [&](const auto& c) { return c.layer != name && c.quantity->name != name; });
      const auto is_idle = [&](const std::string& layer) {
        return std::none_of(comparisons.begin(), comparisons.end(),
                            [&](const auto& c) { return c.layer == layer || c.layer == kTotal; });
      };
      std::erase_if(run.request.layers, is_idle);
      if (run.against) std::erase_if(run.against->layers, is_idle);
    }
    std::erase_if(validation.runs, [](const auto& run) { return run.comparisons.empty(); });
  }
  std::erase_if(validations, [](const auto& validation) { return validation.runs.empty(); });
  if (validations.empty()) {
    throw UsageError(fmt::format("--only is {}{}", config::in_quotes(name),
                                 config::hint(name, {names.begin(), names.end()})));
  }
}

double value_of(const report::RunResult& result, const report::Comparison& comparison) {
  const auto is_it = [&](const auto& l) { return l.layer.name == comparison.layer; };
  const auto found = std::find_if(result.layers.begin(), result.layers.end(), is_it);
  const auto metrics =
      found == result.layers.end() ? metrics_of(result, result.layers) : metrics_of(result, *found);
  return comparison.quantity->of(metrics, result.accelerator);
}

/// Executes all runs; by validation, its comparisons with both numbers.
std::vector<std::vector<report::Comparison>> compare(const std::vector<Validation>& validations) {
  std::vector<Plan> plans;
  for (const auto& validation : validations) {
    for (const auto& run : validation.runs) {
      plans.push_back(make_plan(run.request));
      if (run.against) plans.push_back(make_plan(*run.against));
    }
  }
  execute(plans, true);

  std::vector<std::vector<report::Comparison>> comparisons;
  auto plan = plans.begin();
  for (const auto& validation : validations) {
    comparisons.emplace_back();
    for (const auto& run : validation.runs) {
      const report::RunResult& result = (plan++)->result;
      const report::RunResult* against = run.against ? &(plan++)->result : nullptr;
      for (auto comparison : run.comparisons) {
        comparison.ours = value_of(result, comparison);
        if (against != nullptr) comparison.published = value_of(*against, comparison);
        comparisons.back().push_back(comparison);
      }
    }
  }
  return comparisons;
}

/// Takes our numbers from the comparisons of the runs' totals, which stand in the same order.
void complete(const std::vector<report::Comparison>& comparisons, report::Ranking& ranking) {
  auto entry = ranking.entries.begin();
  for (const auto& c : comparisons) {
    if (c.quantity == ranking.quantity && c.layer == kTotal) (entry++)->ours = c.ours;
  }
}

}  // namespace

int validate_command(const Arguments& arguments) {
  const auto values = parse_options("weir validate [OPTIONS]", validate_options(), arguments);
  if (!values) return 0;
  const auto file = given(*values, "file");
  const auto files =
      file ? std::vector{config::find_file("--file", *file, config::kValidations)} : validation_files();
  if (files.empty()) throw UsageError("no file in validation/; allowed is one or more, or --file");
  std::vector<Validation> validations;
  for (const auto& path : files) validations.push_back(read_validation(config::Node::load(path)));
  if (const auto only = given(*values, "only")) keep_only(*only, validations);

  const auto comparisons = compare(validations);
  std::vector<report::TitledComparisons> titled;
  for (std::size_t i = 0; i < validations.size(); ++i) {
    titled.push_back({validations[i].name, comparisons[i], validations[i].ranking});
    if (titled.back().ranking) complete(comparisons[i], *titled.back().ranking);
  }
  const bool json = (*values)["json"].as<bool>();
  fmt::print("{}", json ? comparison_json(titled) : config::printable(comparison_table(titled)));
  return std::any_of(titled.begin(), titled.end(), [](const auto& t) { return t.any_outside(); }) ? 1 : 0;
}

}  // namespace weir::cli
