// Systolic arrays behind a visible DRAM, counted by hand: the simulator, the schedule and the ticked
// reference. In the comments `3-5` are cycles 3 to 5, `->6` is the time 6 at which something has ended; L, S
// and end are the fold's (docs/timing-model.md section 12).
#include <gtest/gtest.h>

#include "arch/simulator.h"
#include "mapping/check.h"
#include "reference/ticked_systolic.h"
#include "support/reference_result.h"
#include "timing/schedule.h"

namespace weir {
namespace {

using stats::Link;
using stats::PeState;
using enum Dimension;

Layer product(std::int64_t positions, std::int64_t taps, std::int64_t filters) {
  Layer layer;
  layer.name = "product";
  layer.bounds[P] = positions;
  layer.bounds[C] = taps;
  layer.bounds[M] = filters;
  layer.input = {positions, 1};
  return layer;
}

/// With links that never limit.
Accelerator systolic(std::int64_t rows, std::int64_t columns, bool double_buffered) {
  Accelerator a;
  a.name = "systolic";
  a.clock_mhz = 200;
  a.word_bits = 16;
  a.rows = rows;
  a.columns = columns;
  a.double_buffered = double_buffered;
  a.networks.delivery = DeliveryKind::systolic;
  for (NetworkSpec* n : {&a.networks.ifmap, &a.networks.weight, &a.networks.psum_in, &a.networks.psum_out})
    n->words_per_cycle = kUnlimitedWords;
  a.networks.psum_ports.reads_initial = false;
  a.global_buffer.banks = 8;
  a.global_buffer.bank_words = 64;
  return a;
}

void expect_counted(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                    char stationary, std::int64_t cycles, const stats::PeCycles& states,
                    const stats::LinkCycles& dram) {
  check_mapping(mapping, layer, accelerator);
  const stats::LayerStats scheduled = timing::schedule(layer, mapping, accelerator, Overlap::total);
  EXPECT_EQ(scheduled.cycles, cycles);
  for (std::size_t i = 0; i < stats::kPeStates; ++i)
    EXPECT_EQ(scheduled.pe_cycles.values[i], states.values[i]) << stats::kPeStateNames[i];
  const stats::LinkCycles& link = scheduled.links[static_cast<std::size_t>(Link::dram)];
  EXPECT_EQ(link.busy, dram.busy);
  EXPECT_EQ(link.blocked, dram.blocked);
  EXPECT_EQ(link.idle, dram.idle);
  reference::MachineSpec machine = test::reference_machine(accelerator, Overlap::total);
  machine.stationary = stationary;
  const auto ticked = reference::simulate_systolic(
      test::reference_shape(layer), test::reference_nest(mapping), machine, test::reference_data(layer));
  test::expect_equal(scheduled, ticked);
}

/// States in the order of PeState that these cases have.
stats::PeCycles states(std::int64_t mac, std::int64_t wait_ifmap, std::int64_t wait_weight,
                       std::int64_t fill_drain) {
  stats::PeCycles cycles;
  cycles[PeState::mac] = mac;
  cycles[PeState::wait_ifmap] = wait_ifmap;
  cycles[PeState::wait_weight] = wait_weight;
  cycles[PeState::fill_drain] = fill_drain;
  return cycles;
}

// One PE, two folds of a weight and 3 positions. DRAM sends a word a cycle, and takes 9 more a transfer.
// The ifmap 0->12, the first weight 12->22. Fold 0: L 22, S 23, MACs 23-25, end 26.
// A FIFO of one weight: the other is asked for at L + 1: 23->33. Fold 1: L 33, S 34, end 37. Drain 37->52.
// Weights are waited for in 0-21, 26-32, and as they enter in 22 and 33. The link waits in 22 and 33-36.
TEST(SystolicDram, AFifoOfOneFold) {
  const Layer layer = product(3, 1, 2);
  Accelerator accelerator = systolic(1, 1, false);
  accelerator.pe.weight_rf_words = 1;
  accelerator.dram = {1000, 9};
  accelerator.global_buffer.weight_prefetch_words = 1;
  Mapping mapping;
  mapping.at(Level::global_buffer) = {{M, 2}};
  mapping.at(Level::pe) = {{P, 3}};
  expect_counted(layer, mapping, accelerator, 'w', 52, states(6, 0, 22 + 7 + 2, 15), {47, 5, 0});

  // One of two: asked for at 0, behind the first: 22->32. Fold 1: L 32, S 33, end 36. Drain 36->51. The link
  // waits in 32-35.
  accelerator.global_buffer.weight_prefetch_words = 2;
  expect_counted(layer, mapping, accelerator, 'w', 51, states(6, 0, 22 + 6 + 2, 15), {47, 4, 0});
}

// Two PEs above each other, double-buffered, two tiles of 2 positions, weights kept in the buffer. DRAM takes
// 2 cycles a word and 1 a transfer. The ifmap's 4 words and 2 weights 0->13. Fold 0: L 13, S 15, MACs 15-16,
// end 18. Drain 18->23, the next 4 words 23->32. Fold 1: L 32, S 34, MACs 34-35, end 37. Drain 37->42.
TEST(SystolicDram, TilesHoldBackADoubleBufferedArray) {
  const Layer layer = product(4, 2, 1);
  Accelerator accelerator = systolic(2, 1, true);
  accelerator.pe.weight_rf_words = 2;
  accelerator.dram = {500, 1};
  Mapping mapping;
  mapping.weights_in_global_buffer = true;
  mapping.at(Level::dram) = {{P, 2}};
  mapping.at(Level::pe_rows) = {{C, 2}};
  mapping.at(Level::pe) = {{P, 2}};
  expect_counted(layer, mapping, accelerator, 'w', 42, states(2 * 4, 2 * (13 + 15), 2 * 2, 2 * (2 + 6)),
                 {13 + 5 + 9 + 5, 5 + 5, 0});
}

// One PE that keeps its psum, four tiles of a MAC, of which each takes 2 steps: psums leave and come back. A
// word a cycle. Ifmap and weight 0->2, S 2, end 4; drain 4->5, ifmap 5->6, S 6, end 8; drain 8->9, ifmap,
// weight and psum 9->12, S 12, end 14; drain 14->15, ifmap and psum 15->17, S 17, end 19; drain 19->20.
TEST(SystolicDram, PsumsComeBack) {
  const Layer layer = product(2, 2, 1);
  Accelerator accelerator = systolic(1, 1, false);
  accelerator.pe.psum_rf_words = 1;
  accelerator.dram = {1000, 0};
  Mapping mapping;
  mapping.weights_in_global_buffer = true;
  mapping.at(Level::dram) = {{C, 2}, {P, 2}};
  expect_counted(layer, mapping, accelerator, 'o', 20, states(4, 2 + 2 + 4 + 3, 0, 4 + 1),
                 {2 + 2 + 4 + 3 + 1, 8, 0});
}

}  // namespace
}  // namespace weir
