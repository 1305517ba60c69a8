// The closed forms against the simulator: every count equal.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "estimate/estimator.h"
#include "support/random_case.h"
#include "systemc/simulator.h"
#include "timing/schedule.h"

namespace weir {
namespace {

using stats::Action;
using stats::Component;

class EstimateEqualsSimulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(EstimateEqualsSimulation, InEveryCount) {
  constexpr std::uint64_t kCases = 100;
  std::vector<test::RandomCase> cases;
  std::vector<std::unique_ptr<systemc::Simulator>> simulators;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    cases.push_back(test::draw_case(GetParam() * kCases + i));
    cases.back().accelerator.pe.zero_gating = false;  // an estimate has no data
    simulators.push_back(std::make_unique<systemc::Simulator>(cases.back().accelerator));
  }
  for (std::uint64_t i = 0; i < kCases; ++i) {
    const test::RandomCase& drawn = cases[i];
    SCOPED_TRACE("seed " + std::to_string(GetParam() * kCases + i) + ": " + test::describe(drawn));
    const stats::LayerStats simulated =
        simulators[i]->run({drawn.layer, drawn.mapping, drawn.overlap, false, 1, {}});
    const estimate::Evaluation estimated =
        estimate::Estimator(drawn.layer, drawn.accelerator, drawn.overlap).evaluate(drawn.mapping);
    EXPECT_EQ(estimated.active_pes, simulated.active_pes);
    simulated.counts.for_each([&](Component c, Tensor d, Action a, std::int64_t count) {
      EXPECT_EQ(estimated.counts.get(c, d, a), count)
          << stats::kComponentNames[static_cast<std::size_t>(c)] << " "
          << kTensorNames[static_cast<std::size_t>(d)] << " "
          << stats::kActionNames[static_cast<std::size_t>(a)];
    });
    EXPECT_EQ(estimated.counts, simulated.counts);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Random, EstimateEqualsSimulation, testing::Range<std::uint64_t>(0, 20));

/// Whether the closed form's counts differ from the schedule's, which are the simulator's; an exception is a
/// difference, too.
bool counts_differ(const test::RandomCase& c) {
  try {
    const estimate::Evaluation estimated =
        estimate::Estimator(c.layer, c.accelerator, c.overlap).evaluate(c.mapping);
    const stats::LayerStats scheduled = timing::schedule(c.layer, c.mapping, c.accelerator, c.overlap);
    return !(estimated.counts == scheduled.counts) || estimated.active_pes != scheduled.active_pes;
  } catch (const std::logic_error&) {
    return true;
  }
}

TEST(Estimate, CountsWhatTheScheduleCounts) {
  const std::uint64_t cases = test::random_cases(2000);
  for (std::uint64_t i = 0; i < cases; ++i) {
    const std::uint64_t seed = 1'000'000 + i;
    test::RandomCase drawn = test::draw_case(seed, i % 4 == 0 ? test::Size::large : test::Size::tiny);
    drawn.accelerator.pe.zero_gating = false;  // an estimate has no data
    if (counts_differ(drawn)) {
      FAIL() << "seed " << seed << " fails: " << test::describe(drawn) << "and so does "
             << test::describe(test::shrink(drawn, counts_differ));
    }
  }
}

}  // namespace
}  // namespace weir
