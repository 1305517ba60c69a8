// Systolic arrays behind a visible DRAM, counted by hand: the simulator, the schedule and the ticked
// reference. In the comments `3-5` are cycles 3 to 5, `->6` is the time 6 at which something has ended; L, S
// and end are the fold's (docs/timing-model.md section 12).
#include <gtest/gtest.h>

#include "mapping/check.h"
#include "reference/ticked_systolic.h"
#include "support/random_case.h"
#include "support/reference_result.h"
#include "systemc/simulator.h"
#include "timing/schedule.h"

namespace weir {
namespace {

using stats::Link;
using stats::PeState;
using enum Dimension;

Layer product(std::int64_t positions, std::int64_t taps, std::int64_t filters) {
  Layer layer;
  layer.name = "product";
  layer.bounds.values.fill(1);
  layer.bounds[P] = positions;
  layer.bounds[C] = taps;
  layer.bounds[M] = filters;
  layer.input = {positions, 1};
  return layer;
}

/// A column of PEs that keep an operand, with links that never limit.
Accelerator systolic(std::int64_t rows, bool double_buffered, std::int64_t ProcessingElementSpec::*kept,
                     const DramSpec& dram) {
  Accelerator a;
  a.name = "systolic";
  a.clock_mhz = 200;
  a.word_bits = 16;
  a.rows = rows;
  a.columns = 1;
  a.double_buffered = double_buffered;
  a.pe.*kept = double_buffered ? 2 : 1;
  a.dram = dram;
  a.networks.delivery = DeliveryKind::systolic;
  for (NetworkSpec* n : {&a.networks.ifmap, &a.networks.weight, &a.networks.psum_in, &a.networks.psum_out})
    n->words_per_cycle = kUnlimitedWords;
  a.networks.psum_ports.reads_initial = false;
  a.global_buffer.banks = 8;
  a.global_buffer.bank_words = 64;
  return a;
}

/// PEs' cycles in the states that these cases have.
struct Counted {
  std::int64_t cycles, mac, wait_ifmap, wait_weight, fill_drain, dram_busy;
};

void expect_counted(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                    char stationary, const Counted& counted) {
  check_mapping(mapping, layer, accelerator);
  systemc::Simulator simulator(accelerator);
  const stats::LayerStats simulated =
      simulator.run({layer, mapping, Overlap::total, true, test::kDataSeed, {}});
  EXPECT_EQ(simulated.verification, stats::Verification::passed);
  EXPECT_EQ(simulated.cycles, counted.cycles);
  stats::PeCycles states;
  states[PeState::mac] = counted.mac;
  states[PeState::wait_ifmap] = counted.wait_ifmap;
  states[PeState::wait_weight] = counted.wait_weight;
  states[PeState::fill_drain] = counted.fill_drain;
  for (std::size_t i = 0; i < stats::kPeStates; ++i)
    EXPECT_EQ(simulated.pe_cycles.values[i], states.values[i]) << stats::kPeStateNames[i];
  const stats::LinkCycles dram = {counted.dram_busy, 0, counted.cycles - counted.dram_busy};
  EXPECT_EQ(simulated.links[static_cast<std::size_t>(Link::dram)], dram);

  const stats::LayerStats scheduled = timing::schedule(layer, mapping, accelerator, Overlap::total);
  EXPECT_EQ(scheduled.cycles, simulated.cycles);
  EXPECT_EQ(scheduled.pe_cycles, simulated.pe_cycles);
  EXPECT_EQ(scheduled.links, simulated.links);
  reference::MachineSpec machine = test::reference_machine(accelerator, Overlap::total);
  machine.stationary = stationary;
  test::expect_equal(simulated,
                     reference::simulate_systolic(test::reference_shape(layer), test::reference_nest(mapping),
                                                  machine, test::reference_data(layer)));
}

/// One PE, two folds of a weight and 3 positions. DRAM sends a word a cycle, and takes 9 more a transfer.
void expect_two_folds(std::int64_t fifo_words, const Counted& counted) {
  Accelerator accelerator = systolic(1, false, &ProcessingElementSpec::weight_rf_words, {1000, 9});
  accelerator.global_buffer.weight_prefetch_words = fifo_words;
  Mapping mapping;
  mapping.at(Level::global_buffer) = {{M, 2}};
  mapping.at(Level::pe) = {{P, 3}};
  expect_counted(product(3, 1, 2), mapping, accelerator, 'w', counted);
}

// The ifmap 0->12, the first weight 12->22. Fold 0: L 22, S 23, MACs 23-25, end 26. The other weight is asked
// for when the first has entered, at 23: 23->33. Fold 1: L 33, S 34, end 37. Drain 37->52. Weights are waited
// for in 0-21 and 26-32, and enter in 22 and 33.
TEST(SystolicDram, AFifoOfOneFold) {
  expect_two_folds(1, {.cycles = 52,
                       .mac = 6,
                       .wait_ifmap = 0,
                       .wait_weight = 22 + 7 + 2,
                       .fill_drain = 15,
                       .dram_busy = 3 + 1 + 1 + 6});
}

// The other weight is asked for at 0: 22->32. Fold 1: L 32, S 33, end 36. Drain 36->51.
TEST(SystolicDram, AFifoOfTwoFolds) {
  expect_two_folds(2, {.cycles = 51,
                       .mac = 6,
                       .wait_ifmap = 0,
                       .wait_weight = 22 + 6 + 2,
                       .fill_drain = 15,
                       .dram_busy = 3 + 1 + 1 + 6});
}

// Two PEs above each other, double-buffered, two tiles of 2 positions, weights kept in the buffer. DRAM takes
// 2 cycles a word and 1 a transfer. The ifmap's 4 words and 2 weights 0->13. Fold 0: L 13, S 15, MACs 15-16,
// end 18. Drain 18->23, the next 4 words 23->32. Fold 1: L 32, S 34, MACs 34-35, end 37. Drain 37->42. With
// its tile there, fold 1 would have begun to enter at 15, and to stream at 17.
TEST(SystolicDram, TilesHoldUpADoubleBufferedArray) {
  const Accelerator accelerator = systolic(2, true, &ProcessingElementSpec::weight_rf_words, {500, 1});
  Mapping mapping;
  mapping.weights_in_global_buffer = true;
  mapping.at(Level::dram) = {{P, 2}};
  mapping.at(Level::pe_rows) = {{C, 2}};
  mapping.at(Level::pe) = {{P, 2}};
  expect_counted(product(4, 2, 1), mapping, accelerator, 'w',
                 {.cycles = 42,
                  .mac = 2 * 4,
                  .wait_ifmap = 2 * (13 + 17),
                  .wait_weight = 2 * 2,
                  .fill_drain = 2 * 6,
                  .dram_busy = 12 + 4 + 8 + 4});
}

// One PE that keeps its psum, four tiles of a MAC that take 2 steps each: psums leave and come back. A word
// a cycle. Ifmap and weight 0->2, S 2, end 4; drain 4->5, ifmap 5->6, S 6, end 8; drain 8->9, ifmap, weight
// and psum 9->12, S 12, end 14; drain 14->15, ifmap and psum 15->17, S 17, end 19; drain 19->20.
TEST(SystolicDram, PsumsComeBack) {
  const Accelerator accelerator = systolic(1, false, &ProcessingElementSpec::psum_rf_words, {1000, 0});
  Mapping mapping;
  mapping.weights_in_global_buffer = true;
  mapping.at(Level::dram) = {{C, 2}, {P, 2}};
  expect_counted(product(2, 2, 1), mapping, accelerator, 'o',
                 {.cycles = 20,
                  .mac = 4,
                  .wait_ifmap = 2 + 2 + 4 + 3,
                  .wait_weight = 0,
                  .fill_drain = 4 + 1,
                  .dram_busy = 2 + 2 + 4 + 3 + 1});
}

}  // namespace
}  // namespace weir
