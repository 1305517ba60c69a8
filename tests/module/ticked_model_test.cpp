// The event-driven machine against the one-step-per-clock model: every cycle, count and output equal.
#include "reference/ticked_model.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "mapping/check.h"
#include "support/random_case.h"
#include "support/reference_result.h"
#include "systemc/simulator.h"

namespace weir {
namespace {

reference::Result tick(const test::RandomCase& drawn) {
  return reference::simulate(test::reference_shape(drawn.layer), test::reference_nest(drawn.mapping),
                             test::reference_machine(drawn.accelerator, drawn.overlap),
                             test::reference_data(drawn.layer));
}

/// Cases of one test, all machines in one elaboration.
class EqualsTickedModel : public testing::TestWithParam<std::uint64_t> {};

TEST_P(EqualsTickedModel, InEveryCycleCountAndOutput) {
  constexpr std::uint64_t kCases = 50;
  std::vector<test::RandomCase> cases;
  std::vector<std::unique_ptr<systemc::Simulator>> simulators;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    cases.push_back(test::draw_case(GetParam() * kCases + i));
    simulators.push_back(std::make_unique<systemc::Simulator>(cases.back().accelerator));
  }
  for (std::uint64_t i = 0; i < kCases; ++i) {
    const test::RandomCase& drawn = cases[i];
    SCOPED_TRACE("seed " + std::to_string(GetParam() * kCases + i) + ": " + test::describe(drawn));
    ASSERT_NO_THROW(check_mapping(drawn.mapping, drawn.layer, drawn.accelerator));
    evaluate::Job job{drawn.layer, drawn.mapping, drawn.overlap, true, test::kDataSeed, {}};
    const stats::LayerStats with_data = simulators[i]->run(job);
    EXPECT_EQ(with_data.wrong_outputs, 0);
    test::expect_equal(with_data, tick(drawn));

    job.data = false;
    const stats::LayerStats without_data = simulators[i]->run(job);
    EXPECT_EQ(without_data.cycles, with_data.cycles);
    EXPECT_EQ(without_data.counts, with_data.counts);
    EXPECT_EQ(without_data.pe_cycles, with_data.pe_cycles);
    EXPECT_EQ(without_data.links, with_data.links);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Random, EqualsTickedModel, testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace weir
