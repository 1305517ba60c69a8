// The systolic machine against the model with real registers, and against the closed forms: every cycle,
// count, state and output equal.
#include "mapping/systolic.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "arch/simulator.h"
#include "estimate/estimator.h"
#include "mapping/check.h"
#include "mapping/nest.h"
#include "reference/ticked_systolic.h"
#include "support/random_product.h"
#include "timing/schedule.h"
#include "workload/lowering.h"

namespace weir {
namespace {

using stats::Action;
using stats::Component;
using stats::Data;
using stats::Link;
using stats::PeState;
using enum Dimension;

reference::SystolicSpec spec_of(const test::RandomCase& drawn, Tensor stationary) {
  const auto words = [](const NetworkSpec& n) {
    return n.words_per_cycle == kUnlimitedWords ? 0 : n.words_per_cycle;
  };
  const Accelerator& a = drawn.accelerator;
  return {a.rows,
          a.columns,
          a.double_buffered,
          stationary == Tensor::weight  ? 'w'
          : stationary == Tensor::ifmap ? 'i'
                                        : 'o',
          words(a.networks.ifmap),
          words(a.networks.weight),
          words(a.networks.psum_in),
          words(a.networks.psum_out),
          a.networks.psum_ports.reads_initial};
}

/// Everything that does not depend on DRAM, one group of the layer after the other.
void expect_equal_to_registers(const test::RandomCase& drawn, const stats::LayerStats& simulated) {
  const Layer product = lowered(drawn.layer);
  ASSERT_EQ(product.bounds[G], 1);
  const auto roles = systolic_roles(drawn.mapping, drawn.accelerator);
  std::vector<reference::ProductFold> folds;
  const LoopNest nest(drawn.mapping, product);
  StepWalker walker(nest);
  do {
    const auto& [base, extents] = walker.tile();
    folds.push_back({base[P], base[C], base[M], extents[P], extents[C], extents[M]});
  } while (walker.next());
  const LayerData data = lowered(drawn.layer, generate_data(drawn.layer, test::kDataSeed, true));
  reference::Product matrices{product.bounds[P], product.bounds[C], product.bounds[M], {}, {}};
  for (std::int64_t p = 0; p < matrices.positions; ++p)
    for (std::int64_t c = 0; c < matrices.taps; ++c)
      matrices.ifmap.push_back(data.ifmap[static_cast<std::size_t>(c * matrices.positions + p)]);
  for (std::int64_t c = 0; c < matrices.taps; ++c)
    for (std::int64_t m = 0; m < matrices.filters; ++m)
      matrices.weights.push_back(data.weights[static_cast<std::size_t>(m * matrices.taps + c)]);
  const auto expected = reference::run_systolic(spec_of(drawn, roles->stationary), matrices, folds);

  EXPECT_EQ(simulated.cycles, expected.cycles);
  EXPECT_EQ(simulated.macs, expected.macs);
  const auto& pe = simulated.pe_cycles;
  EXPECT_EQ(pe[PeState::mac] + pe[PeState::gated_mac], expected.mac);
  EXPECT_EQ(pe[PeState::wait_ifmap], expected.wait_ifmap);
  EXPECT_EQ(pe[PeState::wait_weight], expected.wait_weight);
  EXPECT_EQ(pe[PeState::wait_psum], expected.wait_psum);
  EXPECT_EQ(pe[PeState::wait_output_space], expected.wait_output_space);
  EXPECT_EQ(pe[PeState::fill_drain], expected.fill_drain);
  EXPECT_EQ(pe[PeState::unmapped], expected.unmapped);
  const auto expect_link = [&](Link link, const reference::SystolicResult::Busy& busy) {
    const auto& ours = simulated.links[static_cast<std::size_t>(link)];
    EXPECT_EQ(ours.busy, busy.busy) << stats::kLinkNames[static_cast<std::size_t>(link)];
    EXPECT_EQ(ours.idle, expected.cycles - busy.last) << stats::kLinkNames[static_cast<std::size_t>(link)];
  };
  expect_link(Link::ifmap, expected.ifmap);
  expect_link(Link::weight, expected.weight);
  expect_link(Link::psum_in, expected.psum_in);
  expect_link(Link::psum_out, expected.psum_out);
  const auto count = [&](Component c, Data d, Action a) { return simulated.counts.get(c, d, a); };
  EXPECT_EQ(count(Component::global_buffer, Data::ifmap, Action::read), expected.buffer_reads.ifmap);
  EXPECT_EQ(count(Component::global_buffer, Data::weight, Action::read), expected.buffer_reads.weight);
  EXPECT_EQ(count(Component::global_buffer, Data::psum, Action::read) -
                count(Component::dram, Data::psum, Action::write),
            expected.buffer_reads.psum);
  EXPECT_EQ(count(Component::global_buffer, Data::psum, Action::write) -
                count(Component::dram, Data::psum, Action::read),
            expected.psum_writes);
  EXPECT_EQ(count(Component::neighbour, Data::ifmap, Action::hop), expected.neighbour_hops.ifmap);
  EXPECT_EQ(count(Component::neighbour, Data::weight, Action::hop), expected.neighbour_hops.weight);
  EXPECT_EQ(count(Component::neighbour, Data::psum, Action::hop), expected.neighbour_hops.psum);
  const auto held = static_cast<Data>(roles->stationary);
  const std::int64_t gated = held == Data::weight ? pe[PeState::gated_mac] : 0;
  EXPECT_EQ(count(Component::register_file, held, Action::read), expected.stationary_reads - gated);
  EXPECT_EQ(count(Component::register_file, held, Action::write), expected.stationary_writes);
  // The simulator has compared its own with the reference convolution; these are the registers'.
  const auto convolution = reference_convolution(product, data);
  for (std::size_t i = 0; i < convolution.size(); ++i) {
    const auto positions = static_cast<std::size_t>(matrices.positions);
    const std::size_t m = i / positions, p = i % positions;
    ASSERT_EQ(
        static_cast<std::uint32_t>(expected.outputs[p * static_cast<std::size_t>(matrices.filters) + m]),
        convolution[i]);
  }
}

class SystolicMachine : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SystolicMachine, EqualsRegistersAndClosedForms) {
  constexpr std::uint64_t kCases = 100;
  std::vector<test::RandomCase> cases;
  std::vector<std::unique_ptr<arch::Simulator>> simulators;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    cases.push_back(test::draw_systolic_case(GetParam() * kCases + i));
    simulators.push_back(std::make_unique<arch::Simulator>(cases.back().accelerator));
  }
  for (std::uint64_t i = 0; i < kCases; ++i) {
    test::RandomCase& drawn = cases[i];
    SCOPED_TRACE("seed " + std::to_string(GetParam() * kCases + i) + ": " + test::describe(drawn));
    check_mapping(drawn.mapping, drawn.layer, drawn.accelerator);
    const stats::LayerStats simulated =
        simulators[i]->run({drawn.layer, drawn.mapping, drawn.overlap, true, test::kDataSeed, {}});
    ASSERT_EQ(simulated.verification, stats::Verification::passed);
    if (drawn.overlap == Overlap::processing && drawn.layer.bounds[G] == 1)
      expect_equal_to_registers(drawn, simulated);
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
    simulated.counts.for_each([&](Component c, Data d, Action a, std::int64_t count) {
      // An estimate has no data, and so gates nothing.
      const bool gates = drawn.accelerator.pe.zero_gating &&
                         (c == Component::mac || (c == Component::register_file && d == Data::weight));
      if (gates) return;
      EXPECT_EQ(estimated.counts.get(c, d, a), count)
          << stats::kComponentNames[static_cast<std::size_t>(c)] << " "
          << stats::kDataNames[static_cast<std::size_t>(d)] << " "
          << stats::kActionNames[static_cast<std::size_t>(a)];
    });
    if (!drawn.accelerator.pe.zero_gating) {
      EXPECT_EQ(estimated.counts, simulated.counts);
    }
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Random, SystolicMachine, testing::Range<std::uint64_t>(0, 8));

}  // namespace
}  // namespace weir
