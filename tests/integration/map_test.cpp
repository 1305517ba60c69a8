#include <gtest/gtest.h>

#include "support/program.h"

namespace weir {
namespace {

using test::kDataflow;
using test::read_file;
using test::TemporaryFolder;
using test::weir;

std::vector<std::string> map_arguments(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"map",        "--accelerator", "eyeriss", "--workload", "alexnet",
                                        "--dataflow", kDataflow,       "--batch", "4"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Map, ShowsTheNestTheTilesAndTheRunnersUp) {
  const auto outcome = weir(map_arguments({"--layer", "conv1", "--objective", "edp", "--top", "2"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* part :
       {"conv1: 421660800 MACs; ", " legal mappings, ", "for Q in 55  # output columns of 55",
        "unrolled R=11 (11 of 12)", "ifmap 11 of 12 words", " PEs active", "\n  2. +"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << "\n" << outcome.out;
}

TEST(Map, WritesAFileThatRunTakes) {
  const TemporaryFolder folder;
  const std::string file = folder.path() / "found.yaml";
  ASSERT_EQ(weir(map_arguments({"--layer", "conv[15]", "--out", file})).code, 0);
  EXPECT_EQ(read_file(file).rfind("mappings:\n  conv1:\n    dram:", 0), 0U);
  const std::vector<std::string> run = {
      "run",     "--accelerator", "eyeriss", "--workload", "alexnet", "--batch",    "4",
      "--layer", "conv[15]",      "--data",  "off",        "--json",  "--dataflow", kDataflow};
  auto with_file = run;
  with_file.insert(with_file.end(), {"--mapping", file});
  const auto from_file = weir(with_file);
  EXPECT_EQ(from_file.code, 0) << from_file.err;
  EXPECT_EQ(from_file.out, weir(run).out);
}

TEST(Map, DoesNotDependOnTheThreads) {
  const auto with = [](const char* jobs) {
    return weir(map_arguments({"--layer", "conv5", "--jobs", jobs})).out;
  };
  EXPECT_EQ(with("1"), with("3"));
}

TEST(Map, RefusesBadInput) {
  const TemporaryFolder folder;
  const std::string pins = folder.write("pins.yaml", "mappings:\n  conv9: {pe: [M=16, ...]}\n");
  EXPECT_EQ(weir(map_arguments({"--pin", pins})).err,
            pins + ":2:3: error: \"conv9\" is no layer of alexnet; did you mean \"conv1\"?\n");
  EXPECT_EQ(weir(map_arguments({"--objective", "powr"})).err,
            "weir map: error: --objective is \"powr\"; allowed is energy, latency, edp\n");
  EXPECT_EQ(weir(map_arguments({"--set", "pe.ifmap_rf.words=10", "--layer", "conv1"})).code, 2);
}

}  // namespace
}  // namespace weir
