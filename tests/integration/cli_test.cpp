#include <gtest/gtest.h>

#include <sstream>

#include "support/program.h"

namespace weir {
namespace {

using test::kDataflow;
using test::kMappings;
using test::run_arguments;
using test::TemporaryFolder;
using test::weir;

/// Bad input: exit code 2, nothing on stdout, and this one line on stderr.
void expect_error(const std::vector<std::string>& arguments, const std::string& line) {
  const auto outcome = weir(arguments);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, line + "\n");
}

/// The same for a run on the shipped files.
void expect_run_error(std::vector<std::string> more, const std::string& line) {
  more.insert(more.begin(), {"--dataflow", kDataflow});
  expect_error(run_arguments(more), line);
}

TEST(Cli, PrintsVersionAndHelp) {
  const auto version = weir({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out.substr(0, 5), "weir ");
  EXPECT_EQ(version.err, "");
  for (const auto& arguments :
       {std::vector<std::string>{"--help"}, {"run", "--help"}, {"validate", "--help"}}) {
    const auto help = weir(arguments);
    EXPECT_EQ(help.code, 0);
    EXPECT_EQ(help.out.substr(0, 12), "usage: weir ");
    EXPECT_EQ(help.err, "");
  }
}

TEST(Cli, RefusesUnknownCommands) {
  expect_error({}, "weir: error: a command is missing; see weir --help");
  expect_error({"rnu"},
               "weir: error: no command \"rnu\"; did you mean \"run\"? there are run, compare, map, sweep, "
               "import, validate, keys");
  expect_error({"fly"},
               "weir: error: no command \"fly\"; there are run, compare, map, sweep, import, validate, keys");
  expect_error({"--vers"}, "weir: error: no option \"--vers\"; see weir --help");
  expect_error({"a\nb"},
               "weir: error: no command \"a b\"; there are run, compare, map, sweep, import, validate, keys");
}

TEST(Cli, RefusesWrongOptions) {
  expect_run_error({"--bacth", "4"}, "weir run: error: no option \"--bacth\"; did you mean \"--batch\"?");
  expect_run_error({"--quie"}, "weir run: error: no option \"--quie\"; did you mean \"--quiet\"?");
  expect_run_error({"here"}, "weir run: error: an argument without an option in front of it; see --help");
  expect_run_error({"--seed", "-1"},
                   "weir run: error: --seed is \"-1\"; allowed is a whole number, 0 to 18446744073709551615");
  expect_run_error({"--data", "onn"}, "weir run: error: --data is \"onn\"; did you mean \"on\"?");
  expect_run_error({"--overlap", "none"},
                   "weir run: error: --overlap is \"none\"; allowed is processing, total");
  expect_run_error({"--fidelity", "guess"},
                   "weir run: error: --fidelity is \"guess\"; allowed is simulate, estimate, ports");
  expect_run_error({"--fidelity", "estimate", "--data", "on"},
                   "weir run: error: --data on needs --fidelity simulate: an estimate moves no values");
  expect_run_error({"--vcd", "waves.vcd"},
                   "weir run: error: --vcd needs --fidelity ports: nothing else has signals");
  expect_run_error({"--fidelity", "ports", "--vcd", "waves"},
                   "weir run: error: --vcd is \"waves\"; allowed is a name that ends in .vcd");
  expect_run_error(
      {"--fidelity", "ports", "--mapping", "published", "--layer", "conv2"},
      "weir run: error: --fidelity ports goes through every cycle of every PE: layer conv2 has "
      "1.1e+09 at least, allowed are 1e+09; choose smaller layers with --layer, a smaller --batch, "
      "or --fidelity simulate");
  expect_run_error({"--layer", "conv1,,conv2"},
                   "weir run: error: --layer has an empty part; allowed is a,b,...");
  expect_run_error({"--layer", "conv1,convv2"},
                   "weir run: error: --layer \"convv2\" is no layer of alexnet; did you mean \"conv2\"?");
  expect_run_error({"--layer", "x*"},
                   "weir run: error: --layer \"x*\" is no layer of alexnet; allowed is conv1, conv2, conv3, "
                   "conv4, conv5, fc6, fc7, fc8");
  expect_error({"run", "--workload", "alexnet"},
               "weir run: error: the option '--accelerator' is required but missing");
  expect_error(run_arguments({}), "weir run: error: --dataflow or --mapping is missing");
  for (const std::string batch : {"0", "65537", "x", "1.5", ""}) {
    expect_error({"run", "--accelerator", "eyeriss", "--workload", "alexnet", "--dataflow", kDataflow,
                  "--batch=" + batch + " "},
                 "weir run: error: --batch is \"" + batch + " \"; allowed is a whole number, 1 to 65536");
  }
}

/// Every option that --help shows with a number as its value.
TEST(Cli, RefusesNumbersThatSomeReadAsOctal) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> commands = {
      {"run",
       {"--accelerator", "eyeriss", "--workload", "alexnet", "--dataflow", kDataflow, "--data", "off"}},
      {"compare",
       {"--accelerator", "eyeriss", "--workload", "alexnet", "--dataflow", kDataflow, "--data", "off"}},
      {"map", {"--accelerator", "eyeriss", "--workload", "alexnet", "--dataflow", kDataflow}},
      {"sweep", {"array-shape", "--database", "/no/such/folder/x.sqlite"}},
      {"import", {"no.onnx"}},
  };
  std::size_t options = 0;
  for (const auto& [command, needed] : commands) {
    std::istringstream help(weir({command, "--help"}).out);
    for (std::string word, before; help >> word; before = word) {
      if ((word != "N" && word != "K" && word != "SECONDS") || !before.starts_with("--")) continue;
      ++options;
      std::vector<std::string> arguments = {command};
      arguments.insert(arguments.end(), needed.begin(), needed.end());
      arguments.insert(arguments.end(), {before, "010"});
      if (before == "--shards") arguments.emplace_back("--slurm");  // that alone reads it
      const auto outcome = weir(arguments);
      EXPECT_EQ(outcome.code, 2) << command << before;
      EXPECT_EQ(outcome.err.rfind(
                    "weir " + command + ": error: " + before + " is \"010\"; allowed is a whole number, ", 0),
                0U)
          << outcome.err;
    }
  }
  EXPECT_GE(options, 9U);
}

TEST(Cli, RefusesSettingsThatSomeReadAsOctal) {
  expect_run_error(
      {"--set", "global_buffer.banks=010"},
      "--set global_buffer.banks=010: error: banks is \"010\"; allowed is a whole number, 1 to 1048576 "
      "(in global_buffer.banks)");
}

TEST(Cli, NamesTheNearestThatExists) {
  expect_error({"run", "--accelerator", "eyeris", "--workload", "alexnet"},
               "--accelerator eyeris: error: no such file, nor configs/eyeris.yaml in " WEIR_SOURCE_DIR
               "; did you mean \"eyeriss\"?");
  expect_error({"run", "--accelerator", "eyeriss", "--workload", "alexnt"},
               "--workload alexnt: error: no such file, nor workloads/alexnt.yaml in " WEIR_SOURCE_DIR
               "; did you mean \"alexnet\"?");
  expect_run_error({"--energy", "eyeriss-normalised"},
                   "--energy eyeriss-normalised: error: no such file, nor "
                   "configs/energy/eyeriss-normalised.yaml in " WEIR_SOURCE_DIR
                   "; "
                   "did you mean \"eyeriss-normalized\"?");
  expect_error(run_arguments({"--dataflow", kDataflow.substr(1)}),
               "--dataflow " + kDataflow.substr(1) + ": error: no such file or folder, nor dataflows/" +
                   kDataflow.substr(1) + " in " WEIR_SOURCE_DIR "; did you mean \"" + kDataflow + "\"?");
  const std::string mapping = kMappings.substr(0, kMappings.size() - 6);
  expect_error(run_arguments({"--mapping", mapping}),
               "--mapping " + mapping + ": error: no such file, nor " + mapping +
                   ".yaml in " WEIR_SOURCE_DIR "; did you mean \"alexnet\"?");
  expect_run_error({"--set", "global_buffer.bnaks=3"},
                   "--set global_buffer.bnaks=3: error: unknown key \"bnaks\"; did you mean \"banks\"? (in "
                   "global_buffer)");
}

TEST(Cli, SaysWhichMappingsADataflowHas) {
  const TemporaryFolder folder;
  const auto workload = folder.write(
      "w.yaml", "workload: other\nlayers: [{name: a, kind: fc, input: [1, 1, 1], output_channels: 1}]\n");
  const auto outcome = weir({"run", "--accelerator", "eyeriss", "--workload", workload, "--dataflow",
                             kDataflow, "--mapping", "published"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err.rfind("weir run: error: no mappings of other on eyeriss in dataflows/" + kDataflow +
                                  "/mappings; there are ",
                              0),
            0U)
      << outcome.err;
  EXPECT_NE(outcome.err.find("eyeriss/alexnet"), std::string::npos);
}

TEST(Cli, RefusesAnOutThatCannotBeWritten) {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "kept");
  expect_run_error({"--layer", "conv1", "--out", file},
                   "weir run: error: cannot write " + file + ": Not a directory");
  EXPECT_EQ(test::read_file(file), "kept");
  EXPECT_EQ(weir(run_arguments({"--dataflow", kDataflow, "--layer", "conv1", "--out", "/proc/here"})).code,
            2);
}

TEST(Cli, BadInputLeavesResultsAsTheyAre) {
  const TemporaryFolder folder;
  folder.write("stats.json", "old");
  const auto outcome =
      weir(run_arguments({"--dataflow", kDataflow, "--layer", "nothing", "--out", folder.path()}));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(test::read_file(folder.path() / "stats.json"), "old");
  EXPECT_EQ(folder.names().size(), 1U);
}

TEST(Cli, PrintsTheConfigAndRunsNothing) {
  const auto outcome =
      weir(run_arguments({"--dataflow", kDataflow, "--print-config", "--set", "global_buffer.banks=32"}));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(outcome.out.find("banks: 32"), std::string::npos);
  for (const std::string& key :
       std::vector<std::string>{"accelerator: eyeriss", "workload: alexnet", "energy: eyeriss-normalized",
                                "dataflow: " + kDataflow, "batch 4"}) {
    EXPECT_NE(outcome.out.find(key), std::string::npos) << key;
  }
  // Nothing was searched: there is but the rule.
  EXPECT_EQ(outcome.out.find("mappings:"), std::string::npos);
  const auto given = weir(run_arguments(
      {"--dataflow", kDataflow, "--mapping", "published", "--layer", "conv*", "--print-config"}));
  EXPECT_NE(given.out.find("mappings:"), std::string::npos) << given.err;
}

}  // namespace
}  // namespace weir
