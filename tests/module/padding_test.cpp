// Zeros of padding that are made where the buffer is filled, on cases worked out by hand.
#include <gtest/gtest.h>

#include <stdexcept>

#include "estimate/estimator.h"
#include "support/one_pe.h"
#include "systemc/simulator.h"
#include "timing/schedule.h"

namespace weir {
namespace {

using stats::Action;
using stats::Component;
using enum Dimension;

/// One channel of 3 x 3 words padded by 1 under a filter of 3 x 3: 3 x 3 outputs. A PE makes one at a time;
/// the buffer holds the three rows of the ifmap that a row of outputs needs.
///   0 0 0 0 0    tile of p = 0: rows 0 to 2, 15 words of which 6 are the ifmap's own
///   0 x x x 0    p = 1: row 3 is new, 5 words, 3 of them own
///   0 x x x 0    p = 2: row 4 is new, 5 words, none of them own
///   0 x x x 0
///   0 0 0 0 0
struct Padded {
  evaluate::Job job;
  Accelerator accelerator;

  Padded() {
    Layer& layer = job.layer;
    layer.name = "padded";
    layer.bounds.values.fill(1);
    layer.bounds[P] = layer.bounds[Q] = layer.bounds[R] = layer.bounds[S] = 3;
    layer.input = {3, 3};
    layer.padding = {1, 1, 1, 1};
    job.mapping.at(Level::dram) = {{P, 3}};
    job.mapping.at(Level::global_buffer) = {{Q, 3}};
    job.mapping.at(Level::pe) = {{R, 3}, {S, 3}};
    accelerator = test::one_pe({9, 9, 1, 0, false}, {4, 32, 9});
    accelerator.global_buffer.padding = PaddingZeros::made;
  }
};

struct IfmapWords {
  std::int64_t fetched, written, sent;
  friend bool operator==(const IfmapWords&, const IfmapWords&) = default;
};

IfmapWords ifmap_words(const stats::Counts& counts) {
  return {counts.get(Component::dram, Tensor::ifmap, Action::read),
          counts.get(Component::global_buffer, Tensor::ifmap, Action::write),
          counts.get(Component::global_buffer, Tensor::ifmap, Action::read)};
}

/// What the simulator counts, which the estimate must, too, and the outputs are right.
IfmapWords simulated_words(systemc::Simulator& machine, const Padded& c) {
  const stats::LayerStats s = machine.run(c.job);
  EXPECT_EQ(s.verification, stats::Verification::passed);
  const auto estimated =
      estimate::Estimator(c.job.layer, c.accelerator, c.job.overlap).evaluate(c.job.mapping);
  EXPECT_EQ(estimated.counts, s.counts);
  const stats::LayerStats scheduled =
      timing::schedule(c.job.layer, c.job.mapping, c.accelerator, c.job.overlap);
  EXPECT_EQ(scheduled.counts, s.counts);
  EXPECT_EQ(scheduled.cycles, s.cycles);
  return ifmap_words(s.counts);
}

IfmapWords simulated_words(const Padded& c) {
  systemc::Simulator machine(c.accelerator);
  return simulated_words(machine, c);
}

TEST(Padding, IsNotFetchedWhereItIsMade) {
  Padded c;
  systemc::Simulator makes(c.accelerator);
  c.accelerator.global_buffer.padding = PaddingZeros::stored;
  systemc::Simulator stores(c.accelerator);
  // To the array: the first window takes 9 words, the others of a row a new column of 3, and the first of the
  // next rows, of which the PE has 2 words from the window before, 7.
  EXPECT_EQ(simulated_words(stores, c), (IfmapWords{25, 25, 41}));
  c.accelerator.global_buffer.padding = PaddingZeros::made;
  EXPECT_EQ(simulated_words(makes, c), (IfmapWords{9, 25, 41}));
}

TEST(Padding, IsMadeAgainWithAWholeTile) {
  // Tiles of 15 words, of which 6, 9 and 6 are the ifmap's own.
  Padded c;
  c.accelerator.global_buffer.loads = TileLoad::whole;
  EXPECT_EQ(simulated_words(c), (IfmapWords{21, 45, 41}));
}

TEST(Padding, IsMadeOnlyOnTheSidesThatHaveIt) {
  // Filters of 2 x 2 in strides of 2 over 3 x 3 words, with two rows of zeros above and two columns on the
  // right, the last of each direction unused: the tile of p = 0 is all zeros, that of p = 1 has 2 rows of 3
  // own words and a zero.
  Padded c;
  Extents& b = c.job.layer.bounds;
  b[P] = b[Q] = b[R] = b[S] = 2;
  c.job.layer.stride = {2, 2};
  c.job.layer.padding = {2, 0, 0, 2};
  c.job.mapping.at(Level::dram) = {{P, 2}};
  c.job.mapping.at(Level::global_buffer) = {{Q, 2}};
  c.job.mapping.at(Level::pe) = {{R, 2}, {S, 2}};
  EXPECT_EQ(simulated_words(c), (IfmapWords{6, 16, 16}));
}

TEST(Padding, StandsBetweenTheWordsOfATransposedConvolution) {
  // 2 x 2 words two apart make 3 x 3, padded by 1: the same places as above, but only the corners of the nine
  // words are the ifmap's own. Rows 0 to 2 bring two of them, row 3 two, row 4 none.
  Padded c;
  c.job.layer.kind = LayerKind::conv_transpose;
  c.job.layer.spacing = {2, 2};
  EXPECT_EQ(simulated_words(c), (IfmapWords{4, 25, 41}));
}

TEST(Padding, TakesNoTimeOfTheDramLink) {
  // 6 words, 3 and none load instead of 15, 5 and 5; all else is as it was: 16 cycles less.
  Padded c;
  c.job.overlap = Overlap::total;
  const auto cycles = [&] {
    return timing::schedule(c.job.layer, c.job.mapping, c.accelerator, c.job.overlap).cycles;
  };
  const std::int64_t made = cycles();
  EXPECT_EQ(simulated_words(c).fetched, 9);
  c.accelerator.global_buffer.padding = PaddingZeros::stored;
  EXPECT_EQ(made, cycles() - 16);
}

TEST(Padding, IsZeroWhateverDramHolds) {
  Padded c;
  systemc::Simulator makes(c.accelerator);
  c.accelerator.global_buffer.padding = PaddingZeros::stored;
  systemc::Simulator stores(c.accelerator);
  c.job.tamper = [](LayerData& data) { data.ifmap[0] = 5; };  // the corner, used by the first output
  EXPECT_EQ(stores.run(c.job).wrong_outputs, 1);
#ifndef __SANITIZE_ADDRESS__  // which does not know SystemC's stacks, and takes an exception amiss
  // The PE meets one zero more than there are in DRAM, which a check finds.
  EXPECT_THROW(makes.run(c.job), std::logic_error);
#endif
}

TEST(Padding, TakesNoMacsWhereTheyAreSkipped) {
  // Along an axis the three outputs meet 2, 3 and 2 of the ifmap's own words: 7 x 7 MACs of 9 x 9.
  Padded c;
  c.accelerator.pe.padding_macs = PaddingMacs::skipped;
  systemc::Simulator machine(c.accelerator);
  EXPECT_EQ(simulated_words(machine, c), (IfmapWords{9, 25, 41}));  // words move as before
  const stats::LayerStats s = machine.run(c.job);
  EXPECT_EQ(s.macs, 49);
  EXPECT_EQ(s.pe_cycles[stats::PeState::mac], 49);
  EXPECT_EQ(s.counts.get(Component::mac, Tensor::psum, Action::mac), 49);
  for (const Tensor data : {Tensor::ifmap, Tensor::weight, Tensor::psum})
    EXPECT_EQ(s.counts.get(Component::register_file, data, Action::read), 49);
  EXPECT_EQ(s.counts.get(Component::register_file, Tensor::psum, Action::write), 49);
}

/// The machine of machine_test.cpp: two outputs in a row, under two taps, of which one or none meets the only
/// word.
struct OneWord {
  evaluate::Job job;
  Accelerator accelerator;

  explicit OneWord(const Padding& padding) {
    Layer& layer = job.layer;
    layer.name = "one-word";
    layer.bounds.values.fill(1);
    layer.bounds[Q] = layer.bounds[S] = 2;
    layer.input = {1, 1};
    layer.padding = padding;
    job.mapping.at(Level::global_buffer) = {{Q, 2}};
    job.mapping.at(Level::pe) = {{S, 2}};
    accelerator = test::one_pe({2, 2, 1, 0, false}, {4, 16, 2});
    accelerator.pe.padding_macs = PaddingMacs::skipped;
  }
};

TEST(Padding, TakesNoCyclesWhereItsMacsAreSkipped) {
  // Words 0 x 0: each window has one MAC.
  // cycle          0 1 2 3 4 5 6
  // ifmap network  0 1   2         word 2 waits until the first window gives up word 0
  // psum in        0       1       the port holds one word, free when it is added at 3
  // PE             . . M A M A
  // psum out               0   1
  OneWord c({0, 1, 0, 1});
  const stats::LayerStats s = systemc::Simulator(c.accelerator).run(c.job);
  EXPECT_EQ(s.cycles, 7);
  EXPECT_EQ(s.verification, stats::Verification::passed);
  EXPECT_EQ(s.pe_cycles[stats::PeState::mac], 2);
  EXPECT_EQ(s.pe_cycles[stats::PeState::wait_psum], 0);
  EXPECT_EQ(s.links[static_cast<std::size_t>(stats::Link::ifmap)], (stats::LinkCycles{3, 1, 3}));
}

TEST(Padding, LeavesWindowsOfNoCycles) {
  // Words x 0 0: the second window is over as soon as its word is here, at 4, and its psum, which comes at 5,
  // leaves as it was: no sum of this PE is read.
  OneWord c({0, 0, 0, 2});
  const stats::LayerStats s = systemc::Simulator(c.accelerator).run(c.job);
  EXPECT_EQ(s.cycles, 7);
  EXPECT_EQ(s.verification, stats::Verification::passed);
  EXPECT_EQ(s.pe_cycles[stats::PeState::mac], 1);
  EXPECT_EQ(s.pe_cycles[stats::PeState::psum_accumulate], 2);
  EXPECT_EQ(s.pe_cycles[stats::PeState::wait_psum], 1);
  EXPECT_EQ(s.counts.get(Component::register_file, Tensor::psum, Action::read), 1);
  EXPECT_EQ(s.counts.get(Component::register_file, Tensor::psum, Action::write), 1);
}

TEST(Padding, GatesOnlyMacsThatAreMade) {
  Padded c;
  c.job.layer.ifmap_zeros = 1;
  c.accelerator.pe.zero_gating = true;
  c.accelerator.pe.padding_macs = PaddingMacs::skipped;
  const stats::LayerStats s = systemc::Simulator(c.accelerator).run(c.job);
  EXPECT_EQ(s.counts.get(Component::mac, Tensor::psum, Action::gated_mac), 49);
  EXPECT_EQ(s.counts.get(Component::mac, Tensor::psum, Action::mac), 0);
}

}  // namespace
}  // namespace weir
