#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/errors.h"
#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;
using test::TemporaryFolder;
using test::weir;

const std::string kFile = WEIR_SOURCE_DIR "/validation/eyeriss-alexnet.yaml";

TEST(Validate, AllNumbersOfAllFilesAreMet) {
  const auto outcome = weir({"validate"});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find(" passed, 0 outside\n"), std::string::npos) << outcome.out;
}

TEST(Validate, AChangedNumberIsOutside) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("v.yaml", test::replaced(test::read_file(kFile), "{conv1: 154,", "{conv1: 155,"));
  const auto outcome = weir({"validate", "--file", file, "--only", "active_pes", "--json"});
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  const json report = json::parse(outcome.out);
  EXPECT_EQ(report["outside"], 1);
  ASSERT_EQ(report["checks"].size(), 5U);
  EXPECT_EQ(report["checks"][0]["verdict"], "OUTSIDE");
  EXPECT_EQ(report["checks"][1]["verdict"], "ok");
}

/// What no mapping of the search is to be dearer than is what the file of mappings makes it: a mapping that
/// is known to be poor gives another number.
TEST(Validate, ComparesASearchWithGivenMappings) {
  const TemporaryFolder folder;
  const std::string mapping = folder.write("poor.yaml",
                                           "mappings:\n  conv5:\n    dram: [G=2, M=128, C=192]\n"
                                           "    global_buffer: [N=4, Q=13]\n    pe_rows: [R=3]\n"
                                           "    pe_columns: [P=13]\n    pe: [S=3]\n");
  const std::string shipped = test::read_file(WEIR_SOURCE_DIR "/validation/eyeriss-mapper.yaml");
  const std::string file = folder.write(
      "v.yaml", test::replaced(test::replaced(shipped, "[conv1, conv2, conv3, conv4, conv5]", "[conv5]"),
                               "dataflows/row-stationary/mappings/eyeriss/alexnet.yaml", mapping));
  const json with_poor = json::parse(weir({"validate", "--file", file, "--json"}).out);
  const json with_shipped = json::parse(weir({"validate", "--only", "conv5", "--json"}).out);
  for (const auto& check : with_shipped["checks"]) {
    if (check["validation"] != "eyeriss-mapper") continue;
    EXPECT_EQ(check["verdict"], "ok");
    EXPECT_EQ(check["ours"], with_poor["checks"][0]["ours"]);
    EXPECT_LT(check["published"], with_poor["checks"][0]["published"]);
  }
}

TEST(Validate, OnlyPicksALayerOrAQuantity) {
  const auto outcome = weir({"validate", "--only", "conv5", "--json"});
  const json report = json::parse(outcome.out);
  EXPECT_FALSE(report["checks"].empty());
  for (const auto& check : report["checks"]) EXPECT_EQ(check["layer"], "conv5");
  const auto wrong = weir({"validate", "--only", "conv55"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_EQ(wrong.err, "weir validate: error: --only is \"conv55\"; did you mean \"conv5\"?\n");
}

TEST(Validate, BadFilesAreRefused) {
  const auto expect = [](const std::string& from, const std::string& to, const std::string& error) {
    const TemporaryFolder folder;
    const std::string file = folder.write("v.yaml", test::replaced(test::read_file(kFile), from, to));
    const auto outcome = weir({"validate", "--file", file});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, file + error + "\n");
  };
  expect(
      "quantity: dram_mb", "quantity: dram_gb",
      ":28:19: error: quantity is \"dram_gb\"; did you mean \"dram_mb\"? (in runs[0].published[3].quantity)");
  expect("conv5: 156}", "conv6: 156}",
         ":16:66: error: values is \"conv6\"; did you mean \"conv1\"? (in runs[0].published[0].values)");
  expect("overlap: processing", "overlap: total",
         ":18:19: error: processing_ms of a run with another overlap; allowed is processing "
         "(in runs[0].published[1].quantity)");
  expect("        source: JSSC 2017, table V\n", "",
         ":14:9: error: missing key \"source\" (in runs[0].published[0])");
}

}  // namespace
}  // namespace weir
