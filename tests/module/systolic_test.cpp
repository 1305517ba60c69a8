// The systolic machine against the model with real registers and a ticked link to DRAM, and against the
// schedule and the closed forms: every cycle, count, state, link's cycle and output equal.
#include "mapping/systolic.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "estimate/estimator.h"
#include "mapping/check.h"
#include "reference/naive_convolution.h"
#include "reference/ticked_systolic.h"
#include "support/random_product.h"
#include "support/reference_result.h"
#include "systemc/simulator.h"
#include "timing/schedule.h"

namespace weir {
namespace {

using stats::Action;
using stats::Component;

reference::Result tick_systolic(const test::RandomCase& drawn) {
  reference::MachineSpec machine = test::reference_machine(drawn.accelerator, drawn.overlap);
  const Tensor stationary = systolic_roles(drawn.mapping, drawn.accelerator)->stationary;
  machine.stationary = stationary == Tensor::weight ? 'w' : stationary == Tensor::ifmap ? 'i' : 'o';
  return reference::simulate_systolic(test::reference_shape(drawn.layer), test::reference_nest(drawn.mapping),
                                      machine, test::reference_data(drawn.layer));
}

class SystolicMachine : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SystolicMachine, EqualsRegistersAndClosedForms) {
  constexpr std::uint64_t kCases = 100;
  std::vector<test::RandomCase> cases;
  std::vector<std::unique_ptr<systemc::Simulator>> simulators;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    cases.push_back(test::draw_systolic_case(GetParam() * kCases + i));
    simulators.push_back(std::make_unique<systemc::Simulator>(cases.back().accelerator));
  }
  for (std::uint64_t i = 0; i < kCases; ++i) {
    test::RandomCase& drawn = cases[i];
    SCOPED_TRACE("seed " + std::to_string(GetParam() * kCases + i) + ": " + test::describe(drawn));
    check_mapping(drawn.mapping, drawn.layer, drawn.accelerator);
    const stats::LayerStats simulated =
        simulators[i]->run({drawn.layer, drawn.mapping, drawn.overlap, true, test::kDataSeed, {}});
    ASSERT_EQ(simulated.verification, stats::Verification::passed);
    const reference::Result ticked = tick_systolic(drawn);
    test::expect_equal(simulated, ticked);
    // The simulator has compared its own outputs with the convolution; these are the registers'.
    ASSERT_EQ(ticked.outputs, reference::naive_convolution(test::reference_shape(drawn.layer),
                                                           test::reference_data(drawn.layer)));
    const stats::LayerStats without_data =
        simulators[i]->run({drawn.layer, drawn.mapping, drawn.overlap, false, test::kDataSeed, {}});
    EXPECT_EQ(without_data.cycles, simulated.cycles);
    EXPECT_EQ(without_data.counts, simulated.counts);

    const stats::LayerStats scheduled =
        timing::schedule(drawn.layer, drawn.mapping, drawn.accelerator, drawn.overlap,
                         {.zero_macs = count_zero_macs(
                              drawn.layer, generate_data(drawn.layer, test::kDataSeed, false).ifmap)});
    EXPECT_EQ(scheduled.cycles, simulated.cycles);
    EXPECT_EQ(scheduled.counts, simulated.counts);
    EXPECT_EQ(scheduled.pe_cycles, simulated.pe_cycles);
    EXPECT_EQ(scheduled.links, simulated.links);

    const estimate::Evaluation estimated =
        estimate::Estimator(drawn.layer, drawn.accelerator, drawn.overlap).evaluate(drawn.mapping);
    EXPECT_EQ(estimated.cycles, simulated.cycles);
    EXPECT_EQ(estimated.active_pes, simulated.active_pes);
    simulated.counts.for_each([&](Component c, Tensor d, Action a, std::int64_t count) {
      // An estimate has no data, and so gates nothing.
      const bool gates = drawn.accelerator.pe.zero_gating &&
                         (c == Component::mac || (c == Component::register_file && d == Tensor::weight));
      if (gates) return;
      EXPECT_EQ(estimated.counts.get(c, d, a), count)
          << stats::kComponentNames[static_cast<std::size_t>(c)] << " "
          << kTensorNames[static_cast<std::size_t>(d)] << " "
          << stats::kActionNames[static_cast<std::size_t>(a)];
    });
    if (!drawn.accelerator.pe.zero_gating) {
      EXPECT_EQ(estimated.counts, simulated.counts);
    }
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Random, SystolicMachine, testing::Range<std::uint64_t>(0, 12));

}  // namespace
}  // namespace weir
