// `weir keys`, and what the tables of keys make of a command's bad input.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/errors.h"
#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;
using test::weir;

TEST(Keys, PrintsTheTablesOfAllKinds) {
  const auto all = weir({"keys"});
  EXPECT_EQ(all.code, 0);
  EXPECT_EQ(all.err, "");
  for (const std::string kind :
       {"accelerator", "energy", "workload", "mapping", "dataflow", "sweep", "validation"}) {
    const auto one = weir({"keys", kind});
    EXPECT_EQ(one.code, 0);
    EXPECT_NE(all.out.find(one.out), std::string::npos) << kind;
    EXPECT_TRUE(json::parse(weir({"keys", kind, "--json"}).out).is_array()) << kind;
    EXPECT_TRUE(json::parse(weir({"keys", kind, "--schema"}).out).contains("properties")) << kind;
  }
  EXPECT_NE(
      all.out.find("  dram.words_per_cycle                  number, 0.001 to 1000000 (words a core cycle); "
                   "required\n      width of the link, up to three decimals\n"),
      std::string::npos);
}

TEST(Keys, JsonHasAllColumns) {
  for (const json& key : json::parse(weir({"keys", "accelerator", "--json"}).out)) {
    if (key["key"] != "pe.last_sum") continue;
    EXPECT_EQ(key["values"], "stored, direct");
    EXPECT_EQ(key["default"], "stored");
    EXPECT_EQ(key["required"], false);
    EXPECT_EQ(key["unit"], nullptr);
    EXPECT_EQ(key["where"], "not of a systolic array");
    return;
  }
  FAIL() << "no such key";
}

TEST(Keys, ShowsAFilesValuesAndTheirSources) {
  const auto outcome = weir({"keys", "accelerator", "--file", "eyeriss"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("  word_bits                             16                    [JSSC]\n"),
            std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("  pe.last_sum                           stored                the default\n"),
            std::string::npos)
      << outcome.out;
}

TEST(Keys, RefusesWhatItHasNot) {
  const auto error = [](const std::vector<std::string>& arguments) {
    const auto outcome = weir(arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_EQ(
      error({"keys", "machine"}),
      "weir keys: error: no kind of file \"machine\"; allowed is accelerator, energy, workload, mapping, "
      "dataflow, sweep, validation\n");
  EXPECT_EQ(error({"keys", "--schema"}), "weir keys: error: --schema of all kinds; allowed is it of one\n");
  EXPECT_EQ(error({"keys", "sweep", "--schema", "--json"}),
            "weir keys: error: --json and --schema; allowed is one of them\n");
}

TEST(Keys, AreCompleted) {
  EXPECT_EQ(weir({"--complete", "keys", "s"}).out, "sweep\n");
  EXPECT_EQ(weir({"--complete", "keys", "accelerator", "--s"}).out, "--schema\n");
}

/// One run shows all that a file lacks.
TEST(Keys, AllMissingOnesAreSaidAtOnce) {
  const test::TemporaryFolder folder;
  std::string text = test::read_file(WEIR_SOURCE_DIR "/configs/eyeriss.yaml");
  text = test::replaced(text, "rows: 12, ", "");
  text = test::replaced(text, ", barrier: array_done", "");
  text = test::replaced(text, "energy: eyeriss-normalized", "");
  const std::string path = folder.write("m.yaml", text);
  const auto outcome =
      weir({"run", "--accelerator", path, "--workload", "alexnet", "--mapping", test::kMappings});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err, path + ":6:11: error: missing key \"rows\" (in pe_array)\n" + path +
                             ":15:11: error: missing key \"barrier\" (in networks.weight)\n" + path +
                             ":3:1: error: missing key \"energy\"\n");
}

}  // namespace
}  // namespace weir
