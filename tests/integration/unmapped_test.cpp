// Layers that a dataflow cannot map: the rest of the network runs, and the results say what they lack.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;

/// A filter of 16 rows fits no column of 12 PEs.
const std::string kTallNetwork = R"(workload: tall
layers:
  - {name: tall, kind: conv, input: [3, 64, 64], output_channels: 8, filter: [16, 16], stride: 16}
  - {name: plain, kind: conv, input: [6, 14, 14], output_channels: 8, filter: [3, 3], padding: 1}
  - {name: sum, kind: elementwise, inputs: [[8, 14, 14], [8, 14, 14]], output: [8, 14, 14], operations_per_output: 1}
)";
const std::string kWhy =
    "the loops that row-stationary allows over R cannot cover 16 on 12 rows and 14 columns";

class Unmapped : public testing::Test {
 protected:
  test::Outcome run(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"run",           "--accelerator", "eyeriss",
                                          "--workload",    workload_,       "--dataflow",
                                          test::kDataflow, "--out",         folder_.path() / "out"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::weir(arguments);
  }

  test::TemporaryFolder folder_;
  std::string workload_ = folder_.write("tall.yaml", kTallNetwork);
};

TEST_F(Unmapped, LayersAreLeftOutVisibly) {
  const auto outcome = run({});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err,
            "weir run: error: tall cannot be mapped on eyeriss as row-stationary says, and is left out: " +
                kWhy + "\n");
  // 16 positions, 8 filters of 768 words; 196 positions, 8 filters of 54 words.
  const std::int64_t missing = 16 * 8 * 768, macs = 196 * 8 * 54;
  EXPECT_NE(outcome.out.find("not mapped\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("the total is of 2 of 3 layers, with 46.3 % of the MACs\n"), std::string::npos)
      << outcome.out;
  EXPECT_NEAR(100.0 * macs / (macs + missing), 46.3, 0.05);

  const json stats = json::parse(test::read_file(folder_.path() / "out/stats.json"));
  EXPECT_EQ(stats["unmapped"],
            json({{{"layer", "tall"}, {"kind", "conv"}, {"macs", missing}, {"reason", kWhy}}}));
  ASSERT_EQ(stats["layers"].size(), 2U);
  EXPECT_EQ(stats["layers"][0]["layer"], "plain");
  EXPECT_EQ(stats["layers"][0]["verified"], "yes");
  EXPECT_EQ(stats["totals"]["macs"], macs);
}

TEST_F(Unmapped, QuietRunsStillFail) {
  const auto outcome = run({"--quiet", "--data", "off"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find(kWhy), std::string::npos);
}

TEST_F(Unmapped, NothingIsWrittenWhereNoLayerIsLeft) {
  const auto outcome = run({"--layer", "tall"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err,
            "weir run: error: tall cannot be mapped on eyeriss as row-stationary says: " + kWhy + "\n");
  EXPECT_FALSE(test::fs::exists(folder_.path() / "out"));
}

TEST_F(Unmapped, AFolderThatCannotBeIsNoticedBeforeTheSearch) {
  const std::string out = workload_ + "/out";  // where a file is
  const std::string cannot = "error: cannot write " + out;
  for (const std::string command : {"run", "compare"}) {
    const auto outcome = test::weir({command, "--accelerator", "eyeriss", "--workload", workload_,
                                     "--dataflow", test::kDataflow, "--layer", "tall", "--out", out});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "weir " + command + ": " + cannot + ": Not a directory\n");
  }
  const auto map = test::weir({"map", "--accelerator", "eyeriss", "--workload", workload_, "--dataflow",
                               test::kDataflow, "--layer", "tall", "--out", out + "/found.yaml"});
  EXPECT_EQ(map.code, 2);
  EXPECT_EQ(map.err, "weir map: " + cannot + ": Not a directory\n");
}

TEST_F(Unmapped, AreNamedAfterTheMappingsOfTheOthers) {
  const std::string out = folder_.path() / "found.yaml";
  const auto map = [&](const std::string& layers) {
    return test::weir({"map", "--accelerator", "eyeriss", "--workload", workload_, "--dataflow",
                       test::kDataflow, "--layer", layers, "--out", out});
  };
  const auto none = map("tall");
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(none.out, "");
  EXPECT_FALSE(test::fs::exists(out));

  const auto some = map("*");
  EXPECT_EQ(some.code, 1);
  EXPECT_EQ(some.err,
            "weir map: error: tall cannot be mapped on eyeriss as row-stationary says, and is left out: " +
                kWhy + "\n");
  EXPECT_EQ(some.out.find("plain: "), 0U) << some.out;
  EXPECT_NE(test::read_file(out).find("\n  plain:"), std::string::npos);
  EXPECT_EQ(test::read_file(out).find("tall"), std::string::npos);
}

}  // namespace
}  // namespace weir
