#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/command.h"
#include "cli/execute.h"
#include "cli/objective.h"
#include "cli/options.h"
#include "cli/shared_request.h"
#include "cli/unmapped.h"
#include "report/files.h"
#include "report/side_by_side.h"
#include "report/writers.h"

namespace weir::cli {

po::options_description compare_options() {
  const auto text = [] { return po::value<std::string>(); };
  const auto texts = [] { return po::value<std::vector<std::string>>()->composing(); };
  po::options_description options("options");
  const auto add = [&](const char* name, po::typed_value<std::string>* value, const char* placeholder,
                       const char* help) {
    options.add_options()(name, value->value_name(placeholder), help);
  };
  add("accelerator", text(), "LIST", "files, or names in configs/, between commas");
  add("workload", text()->required(), "NAME", "a file, or a name in workloads/");
  add("dataflow", text(), "LIST",
      "files, or folders in dataflows/, between commas: each with each accelerator");
  options.add_options()("pair", texts()->value_name("ACCELERATOR:DATAFLOW"),
                        "one more of both, behind those (repeatable)");
  add("batch", text()->default_value("1"), "N", "images of conv and fc layers");
  add("layer", text(), "LIST", "only these layers: names or globs, between commas");
  add("objective", text()->default_value(kDefaultObjective), "energy|latency|edp",
      "what the search for mappings makes least");
  add("jobs", text(), "N", kJobsHelp);
  add("fidelity", text()->default_value("simulate"), "simulate|estimate|ports",
      "move every word through the machine, only count words and cycles, or move word by word from port to "
      "port, "
      "clock by clock: the same numbers, soon, sooner, and late");
  add("data", text()->default_value("auto"), "on|off|auto",
      "whether words carry values and outputs are verified; auto: for layers up to 1e10 MACs, or 1e8 words "
      "without MACs");
  add("overlap", text()->default_value("processing"), "processing|total", "whether DRAM is hidden or not");
  options.add_options()("set", texts()->value_name("KEY=VALUE"),
                        "override a key of every accelerator (repeatable)");
  add("energy", text(), "NAME", "a file, or a name in configs/energy/, instead of the accelerators'");
  add("seed", text()->default_value("1"), "N", "seed of the generated data");
  options.add_options()("by-layer", po::bool_switch(), "show each layer, not only the totals");
  add("out", text(), "DIR", "write compare.csv, compare.json and a folder of results for each pair there");
  options.add_options()("json", po::bool_switch(), "print compare.json instead of the table")(
      "quiet", po::bool_switch(), "print no table and no progress");
  return options;
}

namespace {

struct Pair {
  std::string accelerator;
  std::string dataflow;
};

/// Each accelerator with each dataflow, then the pairs that are given as such.
std::vector<Pair> pairs_of(const po::variables_map& values) {
  const auto accelerators = given(values, "accelerator"), dataflows = given(values, "dataflow");
  if (accelerators.has_value() != dataflows.has_value())
    throw UsageError(
        fmt::format("--{} is missing; allowed are both --accelerator and --dataflow, or only --pair",
                    accelerators ? "dataflow" : "accelerator"));
  std::vector<Pair> pairs;
  if (accelerators) {
    for (const auto& accelerator : split_list("accelerator", *accelerators)) {
      for (const auto& dataflow : split_list("dataflow", *dataflows))
        pairs.push_back({accelerator, dataflow});
    }
  }
  if (values.contains("pair")) {
    for (const auto& text : values["pair"].as<std::vector<std::string>>()) {
      const auto colon = text.find(':');
      if (colon == 0 || colon == std::string::npos || colon + 1 == text.size())
        throw UsageError(
            fmt::format("--pair is {}; allowed is ACCELERATOR:DATAFLOW", config::in_quotes(text)));
      pairs.push_back({text.substr(0, colon), text.substr(colon + 1)});
    }
  }
  if (pairs.empty()) throw UsageError("--accelerator and --dataflow, or --pair, are missing");
  return pairs;
}

Request comparison_request_of(const po::variables_map& values) {
  Request request = shared_request_of(values);
  request.skip_unmappable = true;
  return request;
}

/// What makes no comparison: two of the same name, energies in different units.
void check_comparable(const std::vector<Plan>& plans) {
  std::set<std::string> names;
  for (const Plan& plan : plans) {
    const auto& result = plan.result;
    if (!names.insert(report::SideBySide::folder(result)).second)
      throw UsageError(fmt::format("two pairs are called {} with {}; allowed is each name once",
                                   result.accelerator.name, result.dataflow));
    const auto& first = plans.front().result;
    if (result.energy.unit != first.energy.unit)
      throw UsageError(
          fmt::format("energy {} is in {}, {} in {}; allowed is one unit (--energy sets one table for all)",
                      first.energy.name, first.energy.unit, result.energy.name, result.energy.unit));
  }
}

/// All layers that were asked for, in the workload's order.
std::vector<std::string> layers_of(const Request& request, const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& [key, file] : plan.result.inputs) {
    if (key != "workload") continue;
    for (const Layer& layer : select_layers(read_workload(file, request.batch), request.layers))
      names.push_back(layer.name);
  }
  return names;
}

const std::vector<std::string> kComparisonFiles = {"compare.csv", "compare.json"};

void write_comparison(const report::SideBySide& comparison, const std::filesystem::path& out) {
  for (const auto& run : comparison.runs()) report::write_results(run, out / report::SideBySide::folder(run));
  report::write_files(out, {{kComparisonFiles[0], side_by_side_csv(comparison)},
                            {kComparisonFiles[1], side_by_side_json(comparison)}});
}

}  // namespace

int compare_command(const Arguments& arguments) {
  const auto values =
      parse_options("weir compare --accelerator LIST --workload NAME --dataflow LIST [OPTIONS]",
                    compare_options(), arguments);
  if (!values) return 0;
  const bool quiet = (*values)["quiet"].as<bool>();
  Request request = comparison_request_of(*values);
  const auto out = given(*values, "out");
  std::vector<report::Targets> targets;
  if (out) targets.emplace_back(*out, kComparisonFiles);
  std::vector<Plan> plans;
  for (const auto& [accelerator, dataflow] : pairs_of(*values)) {
    request.accelerator = accelerator;
    request.dataflow = dataflow;
    plans.push_back(make_plan(request));
  }
  check_comparable(plans);
  if (out) {
    for (const Plan& plan : plans) {
      const auto folder = std::filesystem::path(*out) / report::SideBySide::folder(plan.result);
      report::prepare_folder(folder);
      targets.emplace_back(folder, report::result_files());
    }
  }
  execute(plans, !quiet);

  const auto layers = layers_of(request, plans.front());
  std::vector<report::RunResult> runs;
  for (Plan& plan : plans) runs.push_back(std::move(plan.result));
  const report::SideBySide comparison(std::move(runs), layers, (*values)["objective"].as<std::string>());
  if (out) write_comparison(comparison, *out);
  if ((*values)["json"].as<bool>()) {
    fmt::print("{}", side_by_side_json(comparison));
  } else if (!quiet) {
    fmt::print("{}", side_by_side_table(comparison, (*values)["by-layer"].as<bool>()));
  }
  const auto& first = comparison.runs().front();
  int code = check_complete("compare", first.missing, first.missing_text);
  for (const auto& run : comparison.runs()) code = std::max(code, check_outputs("compare", run));
  return code;
}

}  // namespace weir::cli
