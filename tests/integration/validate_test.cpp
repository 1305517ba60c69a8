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

TEST(Validate, TheChipsNumbersAreMet) {
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
