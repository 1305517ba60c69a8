// The schedule, which needs no kernel, against the SystemC machine: everything equal.
#include "timing/schedule.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "arch/simulator.h"
#include "support/random_case.h"

namespace weir {
namespace {

constexpr std::uint64_t kDataSeed = 1;

class ScheduleEqualsSimulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ScheduleEqualsSimulation, InEveryCycleAndCount) {
  constexpr std::uint64_t kCases = 200;
  std::vector<test::RandomCase> cases;
  std::vector<std::unique_ptr<arch::Simulator>> simulators;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    cases.push_back(test::draw_case(GetParam() * kCases + i));
    simulators.push_back(std::make_unique<arch::Simulator>(cases.back().accelerator));
  }
  for (std::uint64_t i = 0; i < kCases; ++i) {
    const test::RandomCase& drawn = cases[i];
    SCOPED_TRACE("seed " + std::to_string(GetParam() * kCases + i) + ": " + test::describe(drawn));
    const stats::LayerStats simulated =
        simulators[i]->run({drawn.layer, drawn.mapping, drawn.overlap, false, kDataSeed, {}});
    const std::int64_t zero_macs =
        count_zero_macs(drawn.layer, generate_data(drawn.layer, kDataSeed, false).ifmap);
    EXPECT_EQ(timing::schedule(drawn.layer, drawn.mapping, drawn.accelerator, drawn.overlap, zero_macs),
              simulated);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Random, ScheduleEqualsSimulation, testing::Range<std::uint64_t>(0, 10));

}  // namespace
}  // namespace weir
