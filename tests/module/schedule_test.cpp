// The schedule, which needs no kernel, against the SystemC machine, and replay against simulating every step:
// everything equal.
#include "timing/schedule.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/one_pe.h"
#include "support/random_case.h"
#include "systemc/simulator.h"

namespace weir {
namespace {

stats::LayerStats schedule(const test::RandomCase& c, bool replay, timing::Effort* effort = nullptr) {
  return timing::schedule(c.layer, c.mapping, c.accelerator, c.overlap, {.replay = replay, .effort = effort});
}

class ScheduleEqualsSimulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ScheduleEqualsSimulation, InEveryCycleAndCount) {
  constexpr std::uint64_t kCases = 200;
  std::vector<test::RandomCase> cases;
  std::vector<std::unique_ptr<systemc::Simulator>> simulators;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    cases.push_back(test::draw_case(GetParam() * kCases + i));
    simulators.push_back(std::make_unique<systemc::Simulator>(cases.back().accelerator));
  }
  for (std::uint64_t i = 0; i < kCases; ++i) {
    const test::RandomCase& drawn = cases[i];
    SCOPED_TRACE("seed " + std::to_string(GetParam() * kCases + i) + ": " + test::describe(drawn));
    const stats::LayerStats simulated =
        simulators[i]->run({drawn.layer, drawn.mapping, drawn.overlap, false, test::kDataSeed, {}});
    const std::int64_t zero_macs =
        count_zero_macs(drawn.layer, generate_data(drawn.layer, test::kDataSeed, false).ifmap);
    EXPECT_EQ(timing::schedule(drawn.layer, drawn.mapping, drawn.accelerator, drawn.overlap,
                               {.zero_macs = zero_macs}),
              simulated);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Random, ScheduleEqualsSimulation, testing::Range<std::uint64_t>(0, 10));

/// Whether replay changes anything; an exception is a change, too.
bool replay_differs(const test::RandomCase& c) {
  try {
    return !(schedule(c, true) == schedule(c, false));
  } catch (const std::logic_error&) {
    return true;
  }
}

/// Compares random cases of a size with and without replay; returns in how many of them most steps were
/// replayed.
std::uint64_t compare_replays(std::uint64_t cases, test::Size size) {
  std::uint64_t replaying = 0;
  for (std::uint64_t seed = 0; seed < cases; ++seed) {
    test::RandomCase drawn = test::draw_case(seed, size);
    drawn.overlap = Overlap::processing;
    if (replay_differs(drawn)) {
      ADD_FAILURE() << "seed " << seed << " fails: " << test::describe(drawn) << "and so does "
                    << test::describe(test::shrink(drawn, replay_differs));
      return cases;
    }
    timing::Effort effort;
    schedule(drawn, true, &effort);
    replaying += effort.replayed * 2 > effort.steps ? 1 : 0;
  }
  return replaying;
}

TEST(Replay, ChangesNothing) {
  const std::uint64_t cases = test::random_cases(1500);
  EXPECT_GE(compare_replays(cases, test::Size::large) * 3, cases);  // not a test of nothing
}

TEST(Replay, ChangesNothingInLongLoops) {
  const std::uint64_t cases = test::random_cases(1000);
  EXPECT_GE(compare_replays(cases, test::Size::stretched) * 3, cases);
}

TEST(Replay, KnowsALongLoopWhateverRoomPsumsFind) {
  // 2,500 visits of a step, or one visit of as many steps: only the first ones are like no others.
  using enum Dimension;
  test::RandomCase c;
  c.layer.bounds.values.fill(1);
  c.layer.bounds[C] = 5000;
  c.layer.bounds[M] = 2;
  c.mapping.at(Level::global_buffer) = {{C, 2500}};
  c.mapping.at(Level::pe_rows) = {{C, 2}};
  c.mapping.at(Level::pe) = {{M, 2}};
  constexpr std::int64_t kNoLimit = std::int64_t{1} << 22;
  for (const std::int64_t psum_rf : {0, 2}) {
    for (const std::int64_t port : {std::int64_t{2}, kNoLimit}) {
      c.accelerator = test::one_pe({.ifmap_rf_words = 2, .weight_rf_words = 4, .psum_rf_words = psum_rf}, {});
      c.accelerator.rows = 2;
      c.accelerator.networks.psum_ports.words = port;
      timing::Effort effort;
      const stats::LayerStats known = schedule(c, true, &effort);
      EXPECT_EQ(known, schedule(c, false));
      EXPECT_GE(effort.replayed, 2350) << psum_rf << " words of psums, ports of " << port;
    }
  }
}

TEST(Replay, TheMachineIsTheSameWithAndWithout) {
  constexpr std::uint64_t kCases = 60;
  std::vector<std::unique_ptr<systemc::Simulator>> simulators;
  std::vector<test::RandomCase> cases;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    cases.push_back(test::draw_case(seed, test::Size::large));
    simulators.push_back(std::make_unique<systemc::Simulator>(cases.back().accelerator));
  }
  for (std::uint64_t i = 0; i < kCases; ++i) {
    SCOPED_TRACE("seed " + std::to_string(i) + ": " + test::describe(cases[i]));
    evaluate::Job job{cases[i].layer, cases[i].mapping, cases[i].overlap, true, test::kDataSeed, {}};
    const stats::LayerStats on = simulators[i]->run(job);
    EXPECT_EQ(on.wrong_outputs, 0);
    job.replay = false;
    EXPECT_EQ(simulators[i]->run(job), on);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace weir
