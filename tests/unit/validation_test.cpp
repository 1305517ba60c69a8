#include "cli/validation.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace weir::cli {
namespace {

using test::error_of;
using test::replaced;

const std::string kRun =
    "  - {workload: w, batch: 1, layers: [a], overlap: processing, mapping: m, data: off,\n"
    "     published: [{quantity: energy, source: s, values: {total: 3, a: 2}}]}\n";
const std::string kOrder = "order: {quantity: energy, source: s, times_first: [1, 2]}\n";
const std::string kFile = "validation: v\naccelerator: a\nruns:\n" + kRun + kRun + kOrder;

std::string error_in(const std::string& text) {
  return error_of([&] { read_validation(config::Node::parse(text, "v.yaml")); });
}

TEST(Validation, ReadsRunsAndTheirOrder) {
  const Validation validation = read_validation(config::Node::parse(kFile, "v.yaml"));
  ASSERT_EQ(validation.runs.size(), 2U);
  ASSERT_TRUE(validation.ranking);
  EXPECT_EQ(validation.ranking->entries.size(), 2U);
}

/// What compares nothing would pass always, and there is no first run to order by.
TEST(Validation, RefusesListsOfNothing) {
  const std::string head = "validation: v\naccelerator: a\n";
  for (const std::string& order : {std::string(), kOrder})
    EXPECT_EQ(error_in(head + "runs: []\n" + order),
              "v.yaml:3:7: error: no runs; allowed is one or more (in runs)");
  EXPECT_EQ(error_in(replaced(kFile, "[a]", "[]")),
            "v.yaml:4:37: error: no layers; allowed is one or more (in runs[0].layers)");
  EXPECT_EQ(error_in(replaced(kFile, "{total: 3, a: 2}", "{}")),
            "v.yaml:5:56: error: no values; allowed is one or more (in runs[0].published[0].values)");
  EXPECT_EQ(error_in(head + "runs:\n" +
                     replaced(kRun, "[{quantity: energy, source: s, values: {total: 3, a: 2}}]", "[]")),
            "v.yaml:5:17: error: no published numbers; allowed is one or more (in runs[0].published)");
}

TEST(Validation, AnOrderIsOfOneNumberOfEachRun) {
  const auto error = [](const std::string& count) {
    return "v.yaml:8:8: error: a run has " + count +
           " published numbers for energy of its total; allowed is one (in order)";
  };
  EXPECT_EQ(error_in(replaced(kFile, "{total: 3, a: 2}", "{a: 2}")), error("0"));
  EXPECT_EQ(error_in(replaced(kFile, "published: [",
                              "published: [{quantity: energy, source: t, values: {total: 4}}, ")),
            error("2"));
}

TEST(Validation, TotalIsNoLayer) {
  EXPECT_EQ(
      error_in(replaced(kFile, "[a]", "[a, total]")),
      "v.yaml:4:41: error: total stands for all layers; allowed are other names (in runs[0].layers[1])");
}

}  // namespace
}  // namespace weir::cli
