// The chip drawn with ports against the simulator: every cycle, count, state and output equal.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "arch/simulator.h"
#include "support/random_case.h"
#include "support/random_product.h"
#include "systemc/ports_simulator.h"

namespace weir {
namespace {

void expect_equal(const stats::LayerStats& ports, const stats::LayerStats& simulated) {
  EXPECT_EQ(ports.cycles, simulated.cycles);
  EXPECT_EQ(ports.macs, simulated.macs);
  EXPECT_EQ(ports.active_pes, simulated.active_pes);
  EXPECT_EQ(ports.wrong_outputs, 0);
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    for (std::size_t d = 0; d < stats::kData; ++d) {
      for (std::size_t a = 0; a < stats::kActions; ++a) {
        const auto of = [&](const stats::LayerStats& s) {
          return s.counts.get(static_cast<stats::Component>(c), static_cast<stats::Data>(d),
                              static_cast<stats::Action>(a));
        };
        EXPECT_EQ(of(ports), of(simulated))
            << stats::kComponentNames[c] << " " << stats::kDataNames[d] << " " << stats::kActionNames[a];
      }
    }
  }
  for (std::size_t i = 0; i < stats::kPeStates; ++i)
    EXPECT_EQ(ports.pe_cycles.values[i], simulated.pe_cycles.values[i]) << stats::kPeStateNames[i];
  for (std::size_t i = 0; i < stats::kLinks; ++i) {
    EXPECT_EQ(ports.links[i].busy, simulated.links[i].busy) << stats::kLinkNames[i] << " busy";
    EXPECT_EQ(ports.links[i].blocked, simulated.links[i].blocked) << stats::kLinkNames[i] << " blocked";
    EXPECT_EQ(ports.links[i].idle, simulated.links[i].idle) << stats::kLinkNames[i] << " idle";
  }
  EXPECT_EQ(ports, simulated);
}

/// Compares a number of cases. All chips of a process are made before the first runs.
void compare(std::uint64_t first_seed, std::uint64_t count, test::RandomCase (*draw)(std::uint64_t)) {
  std::vector<test::RandomCase> cases;
  std::vector<std::unique_ptr<arch::Simulator>> simulators;
  std::vector<std::unique_ptr<systemc::PortsSimulator>> ports;
  for (std::uint64_t i = 0; i < count; ++i) {
    cases.push_back(draw(first_seed + i));
    simulators.push_back(std::make_unique<arch::Simulator>(cases.back().accelerator));
    ports.push_back(std::make_unique<systemc::PortsSimulator>(cases.back().accelerator));
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    const test::RandomCase& drawn = cases[i];
    SCOPED_TRACE("case " + std::to_string(i) + ": " + test::describe(drawn));
    const auto simulated =
        simulators[i]->run({drawn.layer, drawn.mapping, drawn.overlap, true, test::kDataSeed, {}});
    try {
      expect_equal(ports[i]->run(drawn.layer, drawn.mapping, {drawn.overlap, true, test::kDataSeed}),
                   simulated);
    } catch (const std::exception& error) {
      FAIL() << error.what();
    }
    if (testing::Test::HasFailure() && !getenv("ALL")) return;
  }
}

constexpr std::uint64_t kCases = 50;
std::uint64_t off() { return getenv("OFF") ? 1000 * std::stoull(getenv("OFF")) : 0; }

class PortsEqualSimulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PortsEqualSimulation, OfMulticastArrays) {
  compare(2'000'000 + off() + GetParam() * kCases, kCases,
          [](std::uint64_t seed) { return test::draw_case(seed); });
}

TEST_P(PortsEqualSimulation, OfSystolicArrays) {
  compare(3'000'000 + off() + GetParam() * kCases, kCases, test::draw_systolic_case);
}

INSTANTIATE_TEST_SUITE_P(Random, PortsEqualSimulation, testing::Range<std::uint64_t>(0, 10));

}  // namespace
}  // namespace weir
