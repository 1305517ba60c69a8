// What the mapper ranks by at last: exact cycles.
#include <gtest/gtest.h>

#include "estimate/estimator.h"
#include "mapper/mapper.h"
#include "mapping/mapping.h"
#include "support/shipped.h"
#include "timing/schedule.h"
#include "workload/workload.h"

namespace weir {
namespace {

using test::eyeriss_prices;
using test::layer_of;
using test::shipped;

class ExactCycles : public ::testing::Test {
 protected:
  Accelerator eyeriss_ = read_accelerator(shipped("configs/eyeriss.yaml"));
  Workload alexnet_ = read_workload(shipped("workloads/alexnet.yaml"), 4);
};

TEST_F(ExactCycles, OrderTheFinalists) {
  MapperRequest request;
  request.objective = Objective::latency;
  request.search.top = 3;
  const Layer& layer = layer_of(alexnet_, "conv3");
  const SearchResult found =
      find_mappings(layer, eyeriss_, eyeriss_prices(),
                    read_dataflow(shipped("dataflows/row-stationary/dataflow.yaml")), request);
  ASSERT_EQ(found.best.size(), 3U);
  for (std::size_t i = 0; i < found.best.size(); ++i) {
    const auto& [mapping, score] = found.best[i];
    EXPECT_EQ(score.cycles, timing::schedule(layer, mapping, eyeriss_, Overlap::processing).cycles);
    EXPECT_EQ(score.cost, static_cast<double>(score.cycles));
    if (i > 0) {
      EXPECT_GE(score.cost, found.best[i - 1].score.cost);
    }
  }
}

TEST_F(ExactCycles, AreNearTheClosedFormOnThePublishedMappings) {
  const MappingFile published =
      read_mappings(shipped("dataflows/row-stationary/mappings/eyeriss/alexnet.yaml"));
  for (const auto& [name, mapping] : published.mappings) {
    if (!name.starts_with("conv")) continue;
    const Layer& layer = layer_of(alexnet_, name);
    const auto exact =
        static_cast<double>(timing::schedule(layer, mapping, eyeriss_, Overlap::processing).cycles);
    const auto estimated = static_cast<double>(estimate::Estimator(layer, eyeriss_).evaluate(mapping).cycles);
    EXPECT_NEAR(estimated / exact, 1, 0.02) << name;
  }
}

}  // namespace
}  // namespace weir
