// What the mapper ranks by at last: exact cycles.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "estimate/estimator.h"
#include "mapper/mapper.h"
#include "mapping/mapping.h"
#include "support/one_layer.h"
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

/// Small layers, on which the closed form is far off, so that exact cycles order the finalists otherwise.
TEST_F(ExactCycles, DecideWhereTheClosedFormSaysOtherwise) {
  constexpr std::size_t kFinalists = 8;
  const Dataflow rule = read_dataflow(shipped("dataflows/row-stationary/dataflow.yaml"));
  std::size_t reordered = 0, other_best = 0;
  for (const std::string line :
       {"{name: a, kind: conv, input: [7, 13, 11], output_channels: 11, filter: [5, 3], stride: 2}",
        "{name: b, kind: conv, input: [5, 11, 11], output_channels: 7, filter: [3, 3], stride: 2}",
        "{name: c, kind: conv, input: [19, 9, 7], output_channels: 23, filter: [3, 3]}",
        "{name: d, kind: fc, input: [37, 1, 1], output_channels: 41}"}) {
    const Layer layer = test::one_layer(line, 2);
    for (const Objective objective : {Objective::latency, Objective::edp}) {
      SCOPED_TRACE(line + (objective == Objective::edp ? " edp" : " latency"));
      MapperRequest request;
      request.objective = objective;
      request.search.top = kFinalists;
      const SearchResult found = find_mappings(layer, eyeriss_, eyeriss_prices(), rule, request);
      const estimate::Estimator closed_form(layer, eyeriss_);
      std::vector<double> estimates;  // what they would be ordered by
      double last = 0;
      for (const auto& [mapping, score] : found.best) {
        const auto cycles = timing::schedule(layer, mapping, eyeriss_, Overlap::processing).cycles;
        const auto cost_of = [&](std::int64_t time) {
          return static_cast<double>(time) * (objective == Objective::edp ? score.energy : 1);
        };
        EXPECT_EQ(score.cycles, cycles);
        EXPECT_DOUBLE_EQ(score.cost, cost_of(cycles));
        EXPECT_GE(score.cost, last);
        estimates.push_back(cost_of(closed_form.evaluate(mapping).cycles));
        last = score.cost;
      }
      const auto best = std::min_element(estimates.begin(), estimates.end());
      other_best += *best < estimates.front() ? 1 : 0;
      reordered += std::is_sorted(estimates.begin(), estimates.end()) ? 0 : 1;
      // Whoever wants one mapping gets the best of the same finalists.
      request.search.top = 1;
      const SearchResult one = find_mappings(layer, eyeriss_, eyeriss_prices(), rule, request);
      ASSERT_EQ(one.best.size(), 1U);
      EXPECT_EQ(one.best.front().mapping.loops, found.best.front().mapping.loops);
    }
  }
  EXPECT_GT(reordered, 3U);
  EXPECT_GT(other_best, 2U);
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
