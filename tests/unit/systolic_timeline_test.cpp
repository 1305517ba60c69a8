#include "timing/systolic_timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace weir::timing {
namespace {

using stats::Link;
using stats::PeState;

Accelerator array(std::int64_t rows, std::int64_t columns, bool double_buffered) {
  Accelerator a;
  a.rows = rows;
  a.columns = columns;
  a.double_buffered = double_buffered;
  a.networks.delivery = DeliveryKind::systolic;
  for (NetworkSpec* n : {&a.networks.ifmap, &a.networks.weight, &a.networks.psum_in, &a.networks.psum_out})
    n->words_per_cycle = kUnlimitedWords;
  return a;
}

/// Runs folds that wait for nothing from outside.
stats::LayerStats run(const Accelerator& a, Tensor stationary, const std::vector<Fold>& folds) {
  SystolicTimeline timeline(a, stationary);
  for (const Fold& fold : folds) timeline.begin(fold, 0, false);
  stats::LayerStats stats;
  stats.cycles = timeline.done();
  timeline.finish(stats.cycles, stats);
  return stats;
}

const stats::LinkCycles& link(const stats::LayerStats& stats, Link l) {
  return stats.links[static_cast<std::size_t>(l)];
}

// 2 x 2 PEs, weights stationary, a stream of 3. Steps:
//   0..2 weights enter (column 1 a step later), 2..5 the ifmap (row 1 a step later), 3..6 outputs leave.
TEST(SystolicTimeline, ASmallFoldCountedByHand) {
  const auto stats = run(array(2, 2, false), Tensor::weight, {{2, 2, 3, false}});
  EXPECT_EQ(stats.cycles, 7);  // T + 2R + C - 2
  EXPECT_EQ(link(stats, Link::weight), (stats::LinkCycles{3, 0, 4}));
  EXPECT_EQ(link(stats, Link::ifmap), (stats::LinkCycles{4, 2, 1}));
  EXPECT_EQ(link(stats, Link::psum_out), (stats::LinkCycles{4, 3, 0}));
  EXPECT_EQ(link(stats, Link::psum_in), (stats::LinkCycles{0, 0, 7}));
  EXPECT_EQ(stats.pe_cycles[PeState::mac], 12);
  EXPECT_EQ(stats.pe_cycles[PeState::wait_weight], 8);  // 4 PEs for R cycles
  EXPECT_EQ(stats.pe_cycles[PeState::fill_drain], 8);
  EXPECT_EQ(stats.pe_cycles.total(), 28);
}

// The same with a word a cycle: ifmap words in steps 2..5 are 1 2 2 1, weights in 0..2 are 1 2 1, outputs
// in 3..6 are 1 2 2 1. Steps 1, 3, 4 and 5 take two cycles.
TEST(SystolicTimeline, NarrowLinksStallTheWholeArray) {
  Accelerator a = array(2, 2, false);
  a.networks.ifmap.words_per_cycle = a.networks.weight.words_per_cycle = 1;
  a.networks.psum_out.words_per_cycle = 1;
  const auto stats = run(a, Tensor::weight, {{2, 2, 3, true}});
  EXPECT_EQ(stats.cycles, 11);
  EXPECT_EQ(stats.pe_cycles[PeState::wait_weight], 8 + 4);  // step 1
  EXPECT_EQ(stats.pe_cycles[PeState::wait_ifmap], 8);       // steps 3 and 4: the ifmap comes first of equals
  EXPECT_EQ(stats.pe_cycles[PeState::wait_output_space], 4);  // step 5
  EXPECT_EQ(link(stats, Link::ifmap).busy, 6);
  EXPECT_EQ(link(stats, Link::psum_out).busy, 6);
  EXPECT_EQ(link(stats, Link::psum_in).busy, 4);
  EXPECT_EQ(stats.pe_cycles.total(), 44);
}

/// Cycles of one fold after the other: SCALE-Sim's closed form, whatever of the array is used.
TEST(SystolicTimeline, FoldsWithoutOverlapTakeTheClosedForm) {
  for (const Tensor stationary : kAllTensors) {
    for (const auto& [rows, columns] : {std::pair(1, 1), std::pair(4, 4), std::pair(3, 7), std::pair(8, 2)}) {
      const std::vector<Fold> folds = {{rows, columns, 5, false}, {1, columns, 1, true}, {rows, 1, 40, true}};
      std::int64_t cycles = 0;
      for (const Fold& fold : folds) cycles += fold.stream + 2 * rows + columns - 2;
      const auto stats = run(array(rows, columns, false), stationary, folds);
      EXPECT_EQ(stats.cycles, cycles);
      EXPECT_EQ(stats.pe_cycles.total(), cycles * rows * columns);
    }
  }
}

/// A TPU hides the shift of the next weights behind a stream that is as long as the array is high.
TEST(SystolicTimeline, DoubleBufferingHidesTheLoad) {
  const std::vector<Fold> long_streams(5, {4, 3, 10, false}), short_streams(5, {4, 3, 2, false});
  for (const Tensor stationary : {Tensor::weight, Tensor::ifmap}) {
    EXPECT_EQ(run(array(4, 3, true), stationary, long_streams).cycles, 4 + 5 * 10 + 4 + 3 - 2);
    EXPECT_EQ(run(array(4, 3, true), stationary, short_streams).cycles, 4 + 4 * 4 + 2 + 4 + 3 - 2);
  }
  // Outputs: each fold's leave in 4 cycles, behind the next one's stream.
  EXPECT_EQ(run(array(4, 3, true), Tensor::psum, long_streams).cycles, 5 * 10 + 2 * 4 + 3 - 2);
  EXPECT_EQ(run(array(4, 3, true), Tensor::psum, short_streams).cycles, 2 + 4 * 4 + 2 * 4 + 3 - 2);
  // One fold alone hides nothing.
  EXPECT_EQ(run(array(4, 3, true), Tensor::weight, {{4, 3, 10, false}}).cycles, 10 + 2 * 4 + 3 - 2);
}

TEST(SystolicTimeline, WaitsAtAGate) {
  for (const bool double_buffered : {false, true}) {
    SystolicTimeline timeline(array(4, 3, double_buffered), Tensor::weight);
    timeline.begin({4, 3, 10, false}, 100, false);
    EXPECT_EQ(timeline.stationary_sent(), 104);
    EXPECT_EQ(timeline.done(), 100 + 10 + 2 * 4 + 3 - 2);
    timeline.begin({4, 3, 10, false}, 200, true);
    const std::int64_t end = 200 + 10 + 2 * 4 + 3 - 2;
    EXPECT_EQ(timeline.done(), end);
    stats::LayerStats stats;
    timeline.finish(end + 7, stats);
    EXPECT_EQ(stats.pe_cycles.total(), (end + 7) * 12);
    EXPECT_EQ(stats.pe_cycles[PeState::wait_ifmap], 100 * 12);
    EXPECT_GT(stats.pe_cycles[PeState::wait_weight], 70 * 12);
  }
}

/// A link that is as wide as its edge of the array never stalls; one word less does.
TEST(SystolicTimeline, ALinkAsWideAsTheArrayIsIdeal) {
  const std::vector<Fold> folds(3, {5, 4, 9, true});
  for (const bool double_buffered : {false, true}) {
    Accelerator a = array(5, 4, double_buffered);
    const std::int64_t ideal = run(a, Tensor::weight, folds).cycles;
    a.networks.ifmap.words_per_cycle = 5;
    a.networks.weight.words_per_cycle = a.networks.psum_in.words_per_cycle =
        a.networks.psum_out.words_per_cycle = 4;
    EXPECT_EQ(run(a, Tensor::weight, folds).cycles, ideal);
    a.networks.ifmap.words_per_cycle = 4;
    EXPECT_GT(run(a, Tensor::weight, folds).cycles, ideal);
  }
}

}  // namespace
}  // namespace weir::timing
