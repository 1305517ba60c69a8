#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/command.h"
#include "cli/execute.h"
#include "cli/objective.h"
#include "cli/options.h"
#include "cli/shared_request.h"
#include "cli/unmapped.h"
#include "report/by_kind.h"
#include "report/data_files.h"
#include "report/files.h"
#include "report/table.h"
#include "report/table_layout.h"
#include "report/writers.h"

namespace weir::cli {

po::options_description run_options() {
  const auto text = [] { return po::value<std::string>(); };
  po::options_description options("options");
  options.add_options()("accelerator", text()->required()->value_name("NAME"),
                        "a file, or a name in configs/")("workload", text()->required()->value_name("NAME"),
                                                         "a file, or a name in workloads/")(
      "dataflow", text()->value_name("NAME"), "a folder in dataflows/, by whose rule mappings are searched")(
      "mapping", text()->value_name("FILE|published"),
      "mappings to use instead: a file, or those that the dataflow has for accelerator and workload")(
      "objective", text()->default_value(kDefaultObjective)->value_name("energy|latency|edp"),
      "what the search for mappings makes least")("batch", text()->default_value("1")->value_name("N"),
                                                  "images of conv and fc layers")(
      "layer", text()->value_name("LIST"), "only these layers: names or globs, between commas")(
      "data", text()->default_value("auto")->value_name("on|off|auto"),
      "whether words carry values and outputs are verified; auto: for layers up to 1e10 MACs, or 1e8 words "
      "without MACs")("jobs", text()->value_name("N"), kJobsHelp)(
      "overlap", text()->default_value("processing")->value_name("processing|total"),
      "whether DRAM is hidden or not")(
      "set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "override a key of the accelerator (repeatable)")(
      "energy", text()->value_name("NAME"),
      "a file, or a name in configs/energy/, instead of the accelerator's")(
      "seed", text()->default_value("1")->value_name("N"), "seed of the generated data")(
      "fidelity", text()->default_value("simulate")->value_name("simulate|estimate|ports"),
      "move every word through the machine, only count words and cycles, or move word by word from port to "
      "port, "
      "clock by clock: the same numbers, soon, sooner, and late")(
      "replay", text()->default_value("on")->value_name("on|off"),
      "take the times of steps that recur from memory: the same numbers, sooner")(
      "out", text()->value_name("DIR"), "write layers.csv, accesses.csv and stats.json there")(
      "by-kind", po::bool_switch(), "show, below the layers, what each kind of layer costs and is bound by")(
      "json", po::bool_switch(), "print stats.json instead of the table")("quiet", po::bool_switch(),
                                                                          "print no table and no progress")(
      "dump-data", text()->value_name("DIR"),
      "write each layer's ifmap, weights and outputs there, as NumPy files")(
      "vcd", text()->value_name("FILE"),
      "with --fidelity ports: write waveforms there: links, states of PEs, words in stores")(
      "print-config", po::bool_switch(), "print the inputs as read; search and run nothing");
  return options;
}

namespace {

Request request_of(const po::variables_map& values) {
  const auto text = [&](const std::string& option) { return values[option].as<std::string>(); };
  Request request = shared_request_of(values);
  request.accelerator = text("accelerator");
  request.dataflow = given(values, "dataflow");
  request.mapping = given(values, "mapping");
  request.skip_unmappable = true;
  request.search = !values["print-config"].as<bool>();
  request.replay = choice<bool>("replay", text("replay"), {{"on", true}, {"off", false}});
  return request;
}

/// Has the words of every layer with data written into `folder`; what is returned must last until then.
report::Targets dump_data(const std::string& folder, Plan& plan) {
  report::prepare_folder(folder);
  std::vector<std::string> names;
  for (evaluate::Job& job : plan.jobs) {
    job.observe = [folder, layer = job.layer](const LayerData& data,
                                              const std::vector<std::uint32_t>& outputs) {
      report::write_files(folder, report::data_files(layer, data, outputs));
    };
    if (!job.data) continue;
    const auto of_job = report::data_file_names(job.layer);
    names.insert(names.end(), of_job.begin(), of_job.end());
  }
  return {folder, names};
}

/// The file of `--vcd`, or nothing.
std::string waveforms_of(const po::variables_map& values) {
  const std::string file = given(values, "vcd").value_or("");
  if (file.empty()) return file;
  if (values["fidelity"].as<std::string>() != "ports")
    throw UsageError("--vcd needs --fidelity ports: nothing else has signals");
  if (!file.ends_with(".vcd"))
    throw UsageError(
        fmt::format("--vcd is {}; allowed is a name that ends in .vcd", config::in_quotes(file)));
  report::check_file(file);
  return file;
}

int check_mapped(const report::RunResult& result) {
  return cli::check_mapped("run", result.unmapped, !result.layers.empty(), result.accelerator.name,
                           result.dataflow);
}

}  // namespace

int run_command(const Arguments& arguments) {
  const auto values = parse_options("weir run --accelerator NAME --workload NAME --dataflow NAME [OPTIONS]",
                                    run_options(), arguments);
  if (!values) return 0;
  const bool quiet = (*values)["quiet"].as<bool>();
  const auto out = given(*values, "out"), dump = given(*values, "dump-data");
  if (dump) report::check_folder(*dump);
  std::vector<report::Targets> targets;
  if (out) targets.emplace_back(*out, report::result_files());
  const std::string vcd = waveforms_of(*values);
  std::vector<Plan> plans = {make_plan(request_of(*values))};
  if ((*values)["print-config"].as<bool>()) {
    fmt::print("{}", print_config(plans.front()));
    return 0;
  }
  if (plans.front().jobs.empty()) return check_mapped(plans.front().result);
  if (out) report::prepare_folder(*out);
  if (dump) targets.push_back(dump_data(*dump, plans.front()));
  execute(plans, !quiet, vcd);
  const auto& result = plans.front().result;
  if (out) report::write_results(result, *out);
  if ((*values)["json"].as<bool>()) {
    fmt::print("{}", report::stats_json(result));
  } else if (!quiet) {
    fmt::print("{}", report::console_table(result));
    if ((*values)["by-kind"].as<bool>()) fmt::print("\n{}", report::by_kind_table(result));
  }
  return std::max({check_outputs("run", result), check_mapped(result),
                   check_complete("run", result.missing, result.missing_text)});
}

}  // namespace weir::cli
