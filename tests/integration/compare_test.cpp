#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "support/errors.h"
#include "support/program.h"
#include "support/rows.h"

namespace weir {
namespace {

using nlohmann::json;
using test::fields_of;
using test::kDataflow;
using test::lines_of;
using test::read_file;
using test::TemporaryFolder;
using test::weir;

/// A dataflow of the test's own: psums stay in the PEs until they are done, and no PE holds more than one
/// filter row. Filters of more than 5 rows cannot be mapped.
const std::string kOwn = R"(dataflow: own
pe: [C, S]
pe_columns: [Q<=14, P]
pe_rows: [M, R<=5]
global_buffer: [N, C]
dram: [G, N, M, P, Q, C]
keep: {weight: [pe]}
prefer: [active_pes, cycles]
)";

const std::string kNetwork = R"(workload: small
layers:
  - {name: big-filter, kind: conv, input: [4, 20, 20], output_channels: 6, filter: [7, 3], padding: 1}
  - {name: plain, kind: conv, input: [6, 14, 14], output_channels: 8, filter: [3, 3], padding: 1}
  - {name: strided, kind: conv, input: [8, 14, 14], output_channels: 10, filter: [3, 3], stride: 2}
)";

/// The shipped dataflow and one written by the test, on a small network.
class Compare : public testing::Test {
 protected:
  test::Outcome compare(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {
        "compare", "--accelerator", "eyeriss", "--workload", network_, "--dataflow", kDataflow + "," + own_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return weir(arguments);
  }
  /// A row of compare.csv by its column heads.
  json row(const std::string& dataflow, const std::string& layer) const {
    const auto lines = lines_of(read_file(folder_.path() / "out/compare.csv"));
    const auto heads = fields_of(lines.front());
    for (const auto& line : lines) {
      const auto fields = fields_of(line);
      EXPECT_EQ(fields.size(), heads.size()) << line;
      json found;
      for (std::size_t i = 0; i < heads.size(); ++i) found[heads[i]] = fields[i];
      if (found["dataflow"] == dataflow && found["layer"] == layer) return found;
    }
    return {};
  }
  static double number(const json& row, const std::string& column) {
    return std::stod(row[column].get<std::string>());
  }

  TemporaryFolder folder_;
  std::string own_ = folder_.write("own.yaml", kOwn);
  std::string network_ = folder_.write("small.yaml", kNetwork);
  std::string out_ = folder_.path() / "out";
};

TEST_F(Compare, WritesEachRunAndTheComparison) {
  const auto outcome = compare({"--out", out_, "--data", "on"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const std::string first = "out/eyeriss." + kDataflow;
  for (const std::string& name : {first, std::string("out/eyeriss.own")}) {
    for (const char* file : {"layers.csv", "accesses.csv", "stats.json"})
      EXPECT_TRUE(test::fs::exists(folder_.path() / name / file)) << name << file;
  }
  // What is compared is what each run's own files say.
  const json stats = json::parse(read_file(folder_.path() / "out/eyeriss.own/stats.json"));
  ASSERT_EQ(stats["layers"].size(), 2U) << "one of three layers has no mapping";
  for (const json& layer : stats["layers"]) {
    const json ours = row("own", layer["layer"]);
    EXPECT_EQ(number(ours, "energy"), layer["energy"].get<double>());
    EXPECT_EQ(number(ours, "cycles"), layer["cycles"].get<double>());
    EXPECT_EQ(number(ours, "dram_words"), layer["dram_words"].get<double>());
    EXPECT_EQ(ours["verified"], "yes");
    EXPECT_EQ(ours["bound_by"], layer["bound_by"]);
    double by_level = 0, by_tensor = 0;
    for (const char* level : {"dram", "global_buffer", "network", "neighbour", "register_file", "mac"})
      by_level += number(ours, std::string("energy_") + level);
    for (const char* tensor : {"ifmap", "weight", "psum"})
      by_tensor += number(ours, std::string("energy_") + tensor);
    EXPECT_NEAR(by_level, number(ours, "energy"), 1e-9 * by_level);
    EXPECT_NEAR(by_tensor + number(ours, "energy_mac"), number(ours, "energy"), 1e-9 * by_level);
    EXPECT_NEAR(number(ours, "energy_delay_product"),
                layer["energy"].get<double>() * layer["milliseconds"].get<double>(), 1e-9);
  }
}

TEST_F(Compare, TotalsAreOverTheLayersThatAllCanMap) {
  ASSERT_EQ(compare({"--out", out_, "--data", "off"}).code, 0);
  const json comparison = json::parse(read_file(folder_.path() / "out/compare.json"));
  EXPECT_EQ(comparison["common_layers"], json::parse(R"(["plain", "strided"])"));
  EXPECT_EQ(comparison["relative_to"], kDataflow);
  EXPECT_EQ(comparison["pairs"][1]["unmapped"][0]["layer"], "big-filter");
  for (const std::string& dataflow : {kDataflow, std::string("own")}) {
    const json total = row(dataflow, "");
    EXPECT_EQ(total["scope"], "total");
    for (const char* column : {"macs", "cycles", "energy", "energy_dram", "dram_words"}) {
      const double sum = number(row(dataflow, "plain"), column) + number(row(dataflow, "strided"), column);
      EXPECT_NEAR(number(total, column), sum, 1e-9 * sum) << column;
    }
  }
  const json first = row(kDataflow, ""), own = row("own", "");
  for (const char* column : {"energy", "energy_register_file", "cycles", "mac_utilization",
                             "dram_words_per_mac", "energy_delay_product"}) {
    const std::string name = std::string("relative_") + column;
    EXPECT_EQ(number(first, name), 1);
    EXPECT_DOUBLE_EQ(number(own, name), number(own, column) / number(first, column)) << column;
  }
}

TEST_F(Compare, ShowsWhatCannotBeMappedOnceWithTheReason) {
  const auto outcome = compare({"--data", "off", "--by-layer", "--out", out_});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const auto& line : lines_of(outcome.out)) EXPECT_LE(line.size(), 100U) << line;
  const auto says = [&](const std::string& text) {
    std::string flat = outcome.out;
    std::replace(flat.begin(), flat.end(), '\n', ' ');
    const auto at = flat.find(text);
    EXPECT_NE(at, std::string::npos) << text << "\n" << outcome.out;
    return at != std::string::npos && flat.find(text, at + 1) == std::string::npos;
  };
  EXPECT_TRUE(says("own cannot map big-filter: the loops that own allows over R cannot cover 7"));
  EXPECT_TRUE(says("totals are over the 2 of 3 layers that all can map: plain, strided"));
  EXPECT_NE(outcome.out.find("\nown             not mapped\n"), std::string::npos) << outcome.out;
  const json missing = row("own", "big-filter");
  EXPECT_EQ(missing["mapped"], "no");
  EXPECT_EQ(missing["energy"], "");
  EXPECT_NE(missing["reason"].get<std::string>().find("cannot cover 7"), std::string::npos);
  EXPECT_EQ(row(kDataflow, "big-filter")["mapped"], "yes");
}

TEST_F(Compare, LeavesOutOfTheTotalsWhoCanMapNothing) {
  for (const auto& order : {kDataflow + "," + own_, own_ + "," + kDataflow}) {
    const auto outcome = weir({"compare", "--accelerator", "eyeriss", "--workload", network_, "--dataflow",
                               order, "--data", "off", "--layer", "big-filter", "--by-layer", "--out", out_});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    for (const auto& line : lines_of(outcome.out)) EXPECT_LE(line.size(), 100U) << line;
    EXPECT_NE(outcome.out.find("totals are over all layers, without own\n"), std::string::npos)
        << outcome.out;
    EXPECT_NE(outcome.out.find("own cannot map big-filter: "), std::string::npos) << outcome.out;
    const json comparison = json::parse(read_file(folder_.path() / "out/compare.json"));
    EXPECT_EQ(comparison["relative_to"], kDataflow);
    EXPECT_EQ(comparison["common_layers"], json::parse(R"(["big-filter"])"));
    for (const json& pair : comparison["pairs"]) {
      EXPECT_EQ(pair["in_totals"], pair["dataflow"] == kDataflow);
      EXPECT_EQ(pair["totals"].is_null(), pair["dataflow"] == "own");
    }
    EXPECT_EQ(number(row(kDataflow, ""), "energy"), number(row(kDataflow, "big-filter"), "energy"));
    EXPECT_EQ(row("own", "")["mapped"], "no");
    EXPECT_EQ(row("own", "")["reason"], "no layer is mapped");
  }
}

TEST_F(Compare, LeavesOutWhoSharesNoLayerWithTheOthers) {
  // The third can map only the layer that the second cannot: filters of more than 6 channels have no loop.
  std::string few = test::replaced(kOwn, "dataflow: own", "dataflow: few");
  few = test::replaced(few, "pe: [C, S]", "pe: [C, S, M<=6]");
  few = test::replaced(few, "pe_rows: [M, R<=5]", "pe_rows: [R]");
  few = test::replaced(few, "N, M, P, Q, C]", "N, P, Q, C]");
  const auto outcome =
      compare({"--pair", "eyeriss:" + folder_.write("few.yaml", few), "--data", "off", "--out", out_});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("not in the totals\n"), std::string::npos) << outcome.out;
  std::string flat = outcome.out;
  std::replace(flat.begin(), flat.end(), '\n', ' ');
  EXPECT_NE(
      flat.find("totals are over the 2 of 3 layers that all others can map, without few: plain, strided"),
      std::string::npos)
      << outcome.out;
  EXPECT_EQ(row("few", "")["reason"], "not in the totals");
  EXPECT_EQ(row("few", "big-filter")["mapped"], "yes");
}

TEST_F(Compare, WhereNothingCanBeMappedThereAreNoTotals) {
  const auto outcome = weir({"compare", "--accelerator", "eyeriss", "--workload", network_, "--dataflow",
                             own_, "--data", "off", "--layer", "big-filter", "--by-layer"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("no totals: there is no layer that any can map"), std::string::npos);
  EXPECT_EQ(outcome.out.find("\ntotal\n"), std::string::npos) << outcome.out;
}

TEST_F(Compare, TakesPairsOfAcceleratorAndDataflow) {
  std::string large = read_file(WEIR_SOURCE_DIR "/configs/eyeriss.yaml");
  large.replace(large.find("accelerator: eyeriss"), 20, "accelerator: large");
  large.replace(large.find("banks: 25"), 9, "banks: 80");
  const auto accelerator = folder_.write("large.yaml", large);
  const auto outcome = weir({"compare", "--workload", network_, "--pair", "eyeriss:" + kDataflow, "--pair",
                             accelerator + ":" + own_, "--layer", "plain", "--data", "off", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json pairs = json::parse(outcome.out)["pairs"];
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0]["name"], "eyeriss:" + kDataflow);
  EXPECT_EQ(pairs[1]["name"], "large:own");
  EXPECT_EQ(pairs[1]["inputs"]["accelerator"]["global_buffer"]["banks"], 80);
  EXPECT_EQ(pairs[0]["inputs"]["accelerator"]["global_buffer"]["banks"], 25);
}

TEST_F(Compare, IsWhatEachRunGivesAlone) {
  ASSERT_EQ(compare({"--out", out_, "--data", "off", "--quiet", "--layer", "plain"}).out, "");
  const auto alone = weir({"run", "--accelerator", "eyeriss", "--workload", network_, "--dataflow", own_,
                           "--layer", "plain", "--data", "off", "--json"});
  ASSERT_EQ(alone.code, 0) << alone.err;
  EXPECT_EQ(alone.out, read_file(folder_.path() / "out/eyeriss.own/stats.json"));
}

TEST_F(Compare, AnEstimateIsWhatASimulationGives) {
  json simulated, estimated;
  for (auto [fidelity, result] : {std::pair{"simulate", &simulated}, {"estimate", &estimated}}) {
    const auto outcome = compare({"--fidelity", fidelity, "--data", "off", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    *result = json::parse(outcome.out);
    EXPECT_EQ((*result)["inputs"]["fidelity"], fidelity);
  }
  EXPECT_EQ(simulated["pairs"], estimated["pairs"]);
}

TEST_F(Compare, RefusesBadInput) {
  const auto error = [&](const std::vector<std::string>& more) {
    const auto outcome = compare(more);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_FALSE(test::fs::exists(out_));
    return outcome.err;
  };
  EXPECT_EQ(error({"--pair", "eyeriss", "--out", out_}),
            "weir compare: error: --pair is \"eyeriss\"; allowed is ACCELERATOR:DATAFLOW\n");
  EXPECT_EQ(error({"--pair", "eyeriss:" + own_, "--out", out_}),
            "weir compare: error: two pairs are called eyeriss with own; allowed is each name once\n");
  EXPECT_EQ(error({"--layer", "plian", "--out", out_}),
            "weir compare: error: --layer \"plian\" is no layer of small; did you mean \"plain\"?\n");
  EXPECT_EQ(
      weir({"compare", "--workload", network_, "--accelerator", "eyeriss"}).err,
      "weir compare: error: --dataflow is missing; allowed are both --accelerator and --dataflow, or only "
      "--pair\n");
  EXPECT_EQ(weir({"compare", "--workload", network_}).err,
            "weir compare: error: --accelerator and --dataflow, or --pair, are missing\n");
  std::string other = read_file(WEIR_SOURCE_DIR "/configs/eyeriss.yaml");
  other.replace(other.find("accelerator: eyeriss"), 20, "accelerator: other");
  other.replace(other.find("energy: eyeriss-normalized"), 26, "energy: eyeriss-like-45nm");
  EXPECT_EQ(error({"--pair", folder_.write("other.yaml", other) + ":" + own_, "--out", out_}),
            "weir compare: error: energy eyeriss-normalized is in MAC, eyeriss-like-45nm in pJ; allowed is "
            "one unit "
            "(--energy sets one table for all)\n");
}

/// The machines of equal area as shipped, each with its dataflow: every output word is right, with what they
/// have of their own (no register files, sums past the buffer, one register file for all) and tiles at the
/// edge.
TEST(CompareShipped, MachinesOfEqualAreaComputeWhatTheReferenceComputes) {
  const std::vector<std::string> pairs = {
      "isca2016-rs-256:row-stationary-isca2016", "isca2016-ws-256:weight-stationary-isca2016",
      "isca2016-osa-256:output-stationary-a",    "isca2016-osb-256:output-stationary-b",
      "isca2016-osc-256:output-stationary-c",    "isca2016-nlr-256:no-local-reuse"};
  const TemporaryFolder folder;
  const auto network = folder.write(
      "net.yaml",
      "workload: net\nlayers:\n"
      "  - {name: padded, kind: conv, input: [6, 9, 9], output_channels: 10, filter: [3, 3], padding: 1}\n"
      "  - {name: grouped, kind: conv, input: [8, 11, 11], output_channels: 6, filter: [5, 3], stride: 2, "
      "groups: 2}\n"
      "  - {name: dense, kind: fc, input: [12, 3, 3], output_channels: 17}\n");
  std::vector<std::string> arguments = {"compare",     "--workload", network,  "--batch", "3",
                                        "--objective", "energy",     "--data", "on",      "--json"};
  for (const auto& pair : pairs) arguments.insert(arguments.end(), {"--pair", pair});
  const auto outcome = weir(arguments);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto comparison = json::parse(outcome.out);
  ASSERT_EQ(comparison["pairs"].size(), pairs.size());
  for (const auto& pair : comparison["pairs"]) {
    ASSERT_EQ(pair["layers"].size(), 3) << pair["name"];
    for (const auto& layer : pair["layers"])
      EXPECT_EQ(layer["verified"], "yes") << pair["name"] << layer["layer"];
  }
}

}  // namespace
}  // namespace weir
