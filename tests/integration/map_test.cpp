#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/program.h"

namespace weir {
namespace {

using test::kDataflow;
using test::run_arguments;
using test::TemporaryFolder;
using test::weir;

std::vector<std::string> map_arguments(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = run_arguments({"--dataflow", kDataflow});
  arguments.front() = "map";
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

nlohmann::json run_layer(const std::string& layer, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"--layer", layer, "--json", "--dataflow", kDataflow};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto outcome = weir(run_arguments(arguments));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out)["layers"][0];
}

TEST(Map, WhatItFindsRunsVerifiedAndCostsNoMoreThanThePublishedMapping) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "found.yaml").string();
  const auto mapped = weir(map_arguments({"--layer", "conv5", "--objective", "energy", "--out", file}));
  ASSERT_EQ(mapped.code, 0) << mapped.err;
  EXPECT_NE(mapped.out.find("conv5: 299040768 MACs; "), std::string::npos) << mapped.out;
  const auto found = run_layer("conv5", {"--mapping", file});
  EXPECT_EQ(found["verified"], "yes");
  const auto published = run_layer("conv5", {"--mapping", "published", "--data", "off"});
  EXPECT_LE(found["energy"].get<double>(), published["energy"].get<double>());
}

TEST(Map, GivesTheSameForAnyNumberOfThreads) {
  const auto one = weir(map_arguments({"--layer", "conv1"}));
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(weir(map_arguments({"--layer", "conv1", "--jobs", "3"})).out, one.out);
}

TEST(Map, SaysWhatOverflows) {
  const auto outcome = weir(map_arguments({"--layer", "conv1", "--set", "pe.weight_rf.words=2"}));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("weight"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "");
}

TEST(Map, ShowsTheNestTheTilesAndTheRunnersUp) {
  const auto outcome = weir(map_arguments({"--layer", "conv1", "--objective", "edp", "--top", "2"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* part :
       {"conv1: 421660800 MACs; ", " legal mappings, ", "for Q in 55  # output columns of 55",
        "unrolled R=11 (11 of 12)", "ifmap 11 of 12 words", " PEs active", "\n  2. +"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << "\n" << outcome.out;
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

TEST(Map, IsWhatRunDoesWithoutMappings) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "found.yaml").string();
  ASSERT_EQ(weir(map_arguments({"--layer", "conv1", "--out", file})).code, 0);
  EXPECT_EQ(run_layer("conv1", {"--data", "off"}), run_layer("conv1", {"--data", "off", "--mapping", file}));
}

}  // namespace
}  // namespace weir
