#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;
using test::kDataflow;
using test::kMappings;
using test::read_file;
using test::run_arguments;
using test::TemporaryFolder;
using test::weir;

const std::string kLayersHead =
    "layer,kind,macs,cycles,active_pes,mac_utilization,energy,dram_words,global_buffer_words,bound_by,"
    "verified";
const std::string kAccessesHead = "layer,level,tensor,action,count,energy";

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// A run of two layers.
class Run : public testing::Test {
 protected:
  Run() {
    outcome_ = weir(run_arguments(
        {"--dataflow", kDataflow, "--layer", "conv[35]", "--data", "off", "--out", folder_.path()}));
  }
  std::vector<std::string> lines(const std::string& name) const {
    return split(read_file(folder_.path() / name), '\n');
  }
  json stats() const { return json::parse(read_file(folder_.path() / "stats.json")); }

  TemporaryFolder folder_;
  test::Outcome outcome_;
};

TEST_F(Run, WritesThreeFilesAndATable) {
  EXPECT_EQ(outcome_.code, 0);
  EXPECT_EQ(outcome_.err, "");
  auto names = folder_.names();
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"accesses.csv", "layers.csv", "stats.json"}));
  for (const auto& line : split(outcome_.out, '\n')) EXPECT_LE(line.size(), 100U) << line;
  EXPECT_NE(outcome_.out.find("\nconv3"), std::string::npos);
  EXPECT_NE(outcome_.out.find("\ntotal"), std::string::npos);
  EXPECT_NE(outcome_.out.find("data off"), std::string::npos);
}

TEST_F(Run, EstimateGivesTheSameNumbers) {
  for (const char* overlap : {"processing", "total"}) {
    const auto run = [&](const char* fidelity) {
      return weir(run_arguments({"--dataflow", kDataflow, "--layer", "conv[35]", "--data", "off", "--overlap",
                                 overlap, "--fidelity", fidelity, "--json"}));
    };
    json estimated = json::parse(run("estimate").out);
    EXPECT_EQ(estimated["inputs"]["fidelity"], "estimate");
    estimated["inputs"]["fidelity"] = "simulate";
    EXPECT_EQ(estimated, json::parse(run("simulate").out)) << overlap;
  }
  const auto table =
      weir(run_arguments({"--dataflow", kDataflow, "--layer", "conv5", "--fidelity", "estimate"}));
  EXPECT_NE(table.out.find("| estimated\n"), std::string::npos) << table.out;
}

TEST_F(Run, PortsGiveTheSameNumbersAndWaveforms) {
  const TemporaryFolder folder;
  const std::string workload = folder.write(
      "small.yaml",
      "workload: small\nlayers:\n"
      "  - {name: a, kind: conv, input: [3, 9, 9], output_channels: 5, filter: [3, 3], padding: 1}\n"
      "  - {name: b, kind: pool, inputs: [[5, 9, 9]], output: [5, 4, 4], operation: max, "
      "filter: [2, 2], stride: 2}\n");
  const std::string vcd = (folder.path() / "waves.vcd").string();
  for (const auto& [accelerator, dataflow] : {std::pair{"eyeriss", "row-stationary"},
                                              {"isca2016-nlr-256", "no-local-reuse"},
                                              {"systolic-16x16", "output-stationary"}}) {
    const auto run = [&](std::vector<std::string> more) {
      std::vector<std::string> arguments = {"run",    "--accelerator", accelerator, "--workload",
                                            workload, "--dataflow",    dataflow,    "--overlap",
                                            "total",  "--json"};
      arguments.insert(arguments.end(), more.begin(), more.end());
      return weir(arguments);
    };
    const auto ports = run({"--fidelity", "ports", "--vcd", vcd});
    EXPECT_EQ(ports.err, "");
    json result = json::parse(ports.out);
    EXPECT_EQ(result["inputs"]["fidelity"], "ports");
    result["inputs"]["fidelity"] = "simulate";
    EXPECT_EQ(result, json::parse(run({}).out)) << accelerator;
    EXPECT_NE(read_file(vcd).find("$var"), std::string::npos);
  }
}

TEST_F(Run, LayersCsvAgreesWithStatsJson) {
  const auto rows = lines("layers.csv");
  const auto layers = stats()["layers"];
  ASSERT_EQ(rows.size(), 3U);
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(rows[0], kLayersHead);
  const auto columns = split(kLayersHead, ',');
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto fields = split(rows[i + 1], ',');
    ASSERT_EQ(fields.size(), columns.size());
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const json& value = layers[i][columns[c]];
      if (value.is_string()) {
        EXPECT_EQ(value, fields[c]) << columns[c];
      } else {
        EXPECT_DOUBLE_EQ(value.get<double>(), std::stod(fields[c])) << columns[c];
      }
    }
  }
}

TEST_F(Run, AccessesAreCountsTimesPricesAndAddUp) {
  const std::map<std::string, double> prices = {{"dram", 200},    {"global_buffer", 6}, {"network", 2},
                                                {"neighbour", 2}, {"register_file", 1}, {"mac", 1}};
  const auto rows = lines("accesses.csv");
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows[0], kAccessesHead);
  std::map<std::string, double> sums;
  std::map<std::string, std::int64_t> dram_words;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto f = split(rows[i], ',');
    ASSERT_EQ(f.size(), 6U);
    const double price = f[3] == "gated_mac" ? 0 : prices.at(f[1]);
    EXPECT_DOUBLE_EQ(std::stod(f[5]), std::stod(f[4]) * price) << rows[i];
    sums[f[0]] += std::stod(f[5]);
    if (f[1] == "dram") dram_words[f[0]] += std::stoll(f[4]);
  }
  const json results = stats();
  double total = 0;
  for (const auto& layer : results["layers"]) {
    const std::string name = layer["layer"];
    EXPECT_NEAR(layer["energy"].get<double>(), sums[name], 1e-9 * sums[name]);
    EXPECT_EQ(layer["dram_words"], dram_words[name]);
    total += sums[name];
  }
  EXPECT_NEAR(results["totals"]["energy"].get<double>(), total, 1e-9 * total);
}

TEST_F(Run, EveryCycleIsAccountedFor) {
  const json results = stats();
  for (const auto& layer : results["layers"]) {
    const std::int64_t cycles = layer["cycles"];
    std::int64_t pe_cycles = 0;
    for (const auto& [state, count] : layer["stalls"]["pe"].items()) pe_cycles += count.get<std::int64_t>();
    EXPECT_EQ(pe_cycles, cycles * results["pes"].get<std::int64_t>());
    for (const auto& [name, link] : layer["stalls"]["links"].items()) {
      if (name == "dram") continue;  // hidden: its transfers may take longer than the layer
      EXPECT_EQ(link["busy"].get<std::int64_t>() + link["blocked"].get<std::int64_t>() +
                    link["idle"].get<std::int64_t>(),
                cycles)
          << name;
    }
    EXPECT_GE(cycles * layer["active_pes"].get<std::int64_t>(), layer["macs"].get<std::int64_t>());
  }
}

TEST_F(Run, TotalsAreSums) {
  const json results = stats();
  for (const std::string key : {"macs", "cycles", "dram_words", "global_buffer_words"}) {
    std::int64_t sum = 0;
    for (const auto& layer : results["layers"]) sum += layer[key].get<std::int64_t>();
    EXPECT_EQ(results["totals"][key], sum) << key;
  }
}

TEST(RunOutput, QuietPrintsNothing) {
  const auto outcome =
      weir(run_arguments({"--dataflow", kDataflow, "--layer", "conv5", "--data", "off", "--quiet"}));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out + outcome.err, "");
}

TEST(RunOutput, JsonIsWhatStatsJsonHolds) {
  const TemporaryFolder folder;
  const auto outcome = weir(run_arguments(
      {"--dataflow", kDataflow, "--layer", "conv5", "--data", "off", "--json", "--out", folder.path()}));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, read_file(folder.path() / "stats.json"));
  EXPECT_EQ(json::parse(outcome.out)["inputs"]["batch"], 4);
}

TEST(RunOutput, LayersAreThoseAskedForInTheirOrder) {
  const auto outcome =
      weir(run_arguments({"--dataflow", kDataflow, "--layer", "conv5,conv[13]", "--data", "off", "--json"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json results = json::parse(outcome.out);
  std::vector<std::string> names;
  for (const auto& layer : results["layers"]) names.push_back(layer["layer"]);
  EXPECT_EQ(names, (std::vector<std::string>{"conv1", "conv3", "conv5"}));
}

TEST(RunOutput, OutputsAreVerifiedAndDataChangesNoCount) {
  json with, without;
  for (auto [mode, result] : {std::pair{"on", &with}, {"off", &without}}) {
    const auto outcome =
        weir(run_arguments({"--dataflow", kDataflow, "--layer", "conv5", "--data", mode, "--json"}));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    *result = json::parse(outcome.out)["layers"][0];
  }
  EXPECT_EQ(with["verified"], "yes");
  EXPECT_EQ(without["verified"], "off");
  for (const std::string key : {"cycles", "dram_words", "global_buffer_words", "active_pes"})
    EXPECT_EQ(with[key], without[key]) << key;
}

TEST(RunOutput, PaddingThatIsMadeIsNotFetched) {
  // CONV3 has 13 x 13 words padded to 15 x 15, which are fetched as whole planes.
  std::map<std::string, std::map<std::string, std::int64_t>> words;  // by padding and access
  std::map<std::string, json> layers;
  for (const std::string padding : {"stored", "made"}) {
    const auto outcome = weir(run_arguments({"--mapping", kMappings, "--layer", "conv3", "--data", "on",
                                             "--set", "global_buffer.padding=" + padding, "--json"}));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const json results = json::parse(outcome.out);
    EXPECT_EQ(results["inputs"]["accelerator"]["global_buffer"]["padding"], padding);
    layers[padding] = results["layers"][0];
    EXPECT_EQ(layers[padding]["verified"], "yes");
    for (const json& access : layers[padding]["accesses"]) {
      const std::string key = access["level"].get<std::string>() + " " + access["tensor"].get<std::string>() +
                              " " + access["action"].get<std::string>();
      words[padding][key] = access["count"];
    }
  }
  const std::string fetched = "dram ifmap read";
  const std::int64_t planes = words["stored"][fetched] / (15 * 15);
  EXPECT_GE(planes, 4 * 256);
  EXPECT_EQ(words["stored"][fetched], planes * 15 * 15);
  EXPECT_EQ(words["made"][fetched], planes * 13 * 13);
  EXPECT_EQ(
      layers["stored"]["dram_words"].get<std::int64_t>() - layers["made"]["dram_words"].get<std::int64_t>(),
      planes * (15 * 15 - 13 * 13));
  words["stored"].erase(fetched);
  words["made"].erase(fetched);
  EXPECT_EQ(words["stored"], words["made"]);
  EXPECT_EQ(layers["stored"]["cycles"], layers["made"]["cycles"]);  // DRAM is hidden
}

TEST(RunOutput, MacsOnPaddingMayBeSkipped) {
  // Along each axis 2 of the 13 x 3 pairs of an output and a tap of CONV3 are on padding.
  std::map<std::string, json> layers;
  for (const std::string macs : {"performed", "skipped"}) {
    const auto outcome = weir(run_arguments({"--mapping", kMappings, "--layer", "conv3", "--data", "on",
                                             "--set", "pe.padding_macs=" + macs, "--json"}));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    layers[macs] = json::parse(outcome.out)["layers"][0];
    EXPECT_EQ(layers[macs]["verified"], "yes");
  }
  const json &all = layers["performed"], &own = layers["skipped"];
  EXPECT_EQ(all["macs"], 4 * 384LL * 256 * 39 * 39);
  EXPECT_EQ(own["macs"], 4 * 384LL * 256 * 37 * 37);
  EXPECT_LT(own["cycles"], all["cycles"]);
  EXPECT_EQ(own["dram_words"], all["dram_words"]);
  EXPECT_EQ(own["global_buffer_words"], all["global_buffer_words"]);
  for (const json& access : own["accesses"]) {
    if (access["level"] == "register_file" && access["action"] == "read" && access["tensor"] == "ifmap") {
      EXPECT_EQ(access["count"], own["macs"]);
    }
  }
}

TEST(RunOutput, LayersThatAreAlikeAreAsByThemselves) {
  const auto layers = [](const std::string& names) {
    const auto outcome = weir({"run", "--accelerator", "systolic-128x128", "--dataflow", "weight-stationary",
                               "--workload", "resnet50", "--layer", names, "--data", "on", "--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return json::parse(outcome.out)["layers"];
  };
  const json both = layers("layer1.0.conv3,layer1.0.downsample.0");
  ASSERT_EQ(both.size(), 2);
  EXPECT_EQ(both[0], layers("layer1.0.conv3")[0]);
  EXPECT_EQ(both[1], layers("layer1.0.downsample.0")[0]);
  EXPECT_EQ(both[1]["verified"], "yes");
}

TEST(RunOutput, SettingsReachTheMachine) {
  const auto outcome =
      weir(run_arguments({"--dataflow", kDataflow, "--layer", "conv5", "--data", "off", "--json", "--set",
                          "clock_mhz=100", "--energy", "eyeriss-like-45nm"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json results = json::parse(outcome.out);
  EXPECT_EQ(results["clock_mhz"], 100);
  EXPECT_EQ(results["inputs"]["accelerator"]["clock_mhz"], 100);
  EXPECT_EQ(results["energy_unit"], "pJ");
}

}  // namespace
}  // namespace weir
