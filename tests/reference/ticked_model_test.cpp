// Cases worked out by hand. In the comments `w2 @3` is word w2 sent in cycle 3 (usable at time 4), `3-5` are
// cycles 3 to 5, and `->6` the time 6 at which something has ended.
#include "reference/ticked_model.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "reference/naive_convolution.h"

namespace weir::reference {
namespace {

// Runs it and checks the outputs.
Result run(const LayerShape& shape, const NestSpec& nest, const MachineSpec& machine) {
  std::mt19937 random(1);
  const LayerData data = random_data(shape, random);
  const Result result = simulate(shape, nest, machine, data);
  EXPECT_EQ(result.outputs, naive_convolution(shape, data));
  return result;
}

void expect_states(const StateCycles& actual, const StateCycles& expected) {
  EXPECT_EQ(actual.mac, expected.mac);
  EXPECT_EQ(actual.gated_mac, expected.gated_mac);
  EXPECT_EQ(actual.psum_accumulate, expected.psum_accumulate);
  EXPECT_EQ(actual.wait_ifmap, expected.wait_ifmap);
  EXPECT_EQ(actual.wait_weight, expected.wait_weight);
  EXPECT_EQ(actual.wait_psum, expected.wait_psum);
  EXPECT_EQ(actual.wait_output_space, expected.wait_output_space);
  EXPECT_EQ(actual.fill_drain, expected.fill_drain);
  EXPECT_EQ(actual.unmapped, expected.unmapped);
}

void expect_accesses(const Accesses& actual, std::int64_t reads, std::int64_t writes) {
  EXPECT_EQ(actual.reads, reads);
  EXPECT_EQ(actual.writes, writes);
}

// ifmap, weights @0 @1 @2; MACs 3-5; psum-in @0; accumulation 6->7; psum-out 7->8.
TEST(TickedModel, OnePeOneWindow) {
  const Result result = run({.S = 3}, {.pe = {{'S', 3}}}, {});
  EXPECT_EQ(result.cycles, 8);
  expect_states(result.states, {.mac = 3, .psum_accumulate = 1, .wait_weight = 3, .fill_drain = 1});
  expect_accesses(result.dram.ifmap, 3, 0);
  expect_accesses(result.dram.weight, 3, 0);
  expect_accesses(result.dram.psum, 0, 1);
  expect_accesses(result.global_buffer.ifmap, 3, 3);
  expect_accesses(result.global_buffer.weight, 3, 3);
  expect_accesses(result.global_buffer.psum, 2, 1);  // psum-in and to DRAM; psum-out
  expect_accesses(result.register_file.ifmap, 3, 3);
  expect_accesses(result.register_file.weight, 3, 3);
  expect_accesses(result.register_file.psum, 3, 3);  // reads: 2 MACs and the accumulation
  EXPECT_EQ(result.network_hops.ifmap, 3);
  EXPECT_EQ(result.network_hops.weight, 3);
  EXPECT_EQ(result.network_hops.psum, 2);
  EXPECT_EQ(result.neighbour_hops.psum, 0);
  EXPECT_EQ(result.macs, 3);
  EXPECT_EQ(result.busy.ifmap, 3);
  EXPECT_EQ(result.busy.weight, 3);
  EXPECT_EQ(result.busy.psum_in, 1);
  EXPECT_EQ(result.busy.psum_out, 1);
  EXPECT_EQ(result.busy.dram, 3 + 3 + 1);
}

TEST(TickedModel, PsumsFromNowhereInAFirstVisit) {
  const Result result = run({.S = 3}, {.pe = {{'S', 3}}}, {.reads_initial_psums = false});
  EXPECT_EQ(result.cycles, 8);
  expect_accesses(result.global_buffer.psum, 1, 1);
  EXPECT_EQ(result.network_hops.psum, 1);
  EXPECT_EQ(result.busy.psum_in, 0);
}

TEST(TickedModel, ZeroIfmapWordsGate) {
  const LayerData data = {1, 4, {0, 7, 0, -3}, {5, 6, 2, -1}};
  const Result result = simulate({.S = 4}, {.pe = {{'S', 4}}}, {.zero_gating = true}, data);
  EXPECT_EQ(result.outputs, std::vector<std::int32_t>{45});
  EXPECT_EQ(result.macs, 2);
  EXPECT_EQ(result.gated_macs, 2);
  EXPECT_EQ(result.states.mac, 2);
  EXPECT_EQ(result.states.gated_mac, 2);
  expect_accesses(result.register_file.ifmap, 4, 4);
  expect_accesses(result.register_file.weight, 2, 4);
  expect_accesses(result.register_file.psum, 4, 4);
}

// PE 0 (top): ifmap @0 @2, weight @0, MACs 3-4. PE 1: ifmap @1 @3, weight @1, MACs 4-5, psum-in @0 (2 words),
// accumulation 6-7. PE 0's accumulation is one cycle behind: 7-8. psum-out 9-10 ->11.
TEST(TickedModel, ChainOfTwo) {
  const Result result = run({.Q = 2, .R = 2}, {.pe_rows = {{'R', 2}}, .pe = {{'Q', 2}}},
                            {.rows = 2, .psum_in_words_per_cycle = 2});
  EXPECT_EQ(result.cycles, 11);
  expect_states(result.states, {.mac = 4,
                                .psum_accumulate = 4,
                                .wait_ifmap = 2 + 2,
                                .wait_weight = 1 + 2,
                                .wait_psum = 2,  // PE 0 in 5-6
                                .fill_drain = 2 + 3});
  EXPECT_EQ(result.neighbour_hops.psum, 2);
  EXPECT_EQ(result.network_hops.psum, 4);
  EXPECT_EQ(result.busy.psum_in, 1);
  EXPECT_EQ(result.busy.psum_out, 2);
}

// Rows of the filter on rows, output rows on columns. ifmap h0 @0 to (0,0), h1 @1 to (0,1) and (1,0), h2 @2
// to (1,1); weights r0 @0 to row 0, r1 @1 to row 1. MACs: (0,0) 1, (0,1) 2, (1,0) 2, (1,1) 3. psum-in: column
// 0 @0, column 1 @1. Accumulations: (1,0) 3, (0,0) 4->5; (1,1) 4, (0,1) 5->6. psum-out 5->6, 6->7.
TEST(TickedModel, MulticastOnTheDiagonal) {
  const Result result =
      run({.P = 2, .R = 2}, {.pe_rows = {{'R', 2}}, .pe_columns = {{'P', 2}}}, {.rows = 2, .columns = 2});
  EXPECT_EQ(result.cycles, 7);
  expect_accesses(result.global_buffer.ifmap, 3, 3);
  expect_accesses(result.global_buffer.weight, 2, 2);
  expect_accesses(result.register_file.ifmap, 4, 4);
  expect_accesses(result.register_file.weight, 4, 4);
  EXPECT_EQ(result.network_hops.ifmap, 4);
  EXPECT_EQ(result.network_hops.weight, 4);
  EXPECT_EQ(result.neighbour_hops.psum, 2);
}

// Windows of 3 words, 2 of them new: w0..w2 @0..@2, MACs 3-5. The register file is full until time 6: w3 @6,
// w4 @7. Accumulation 6->7, MACs 8-10, w5 @11, w6 @12, accumulation 11->12, MACs 13-15, accumulation 16->17,
// psum-out 17->18.
TEST(TickedModel, SlidingWindowWithStride) {
  const LayerShape shape = {.Q = 3, .S = 3, .stride_h = 2};
  const NestSpec nest = {.global_buffer = {{'Q', 3}}, .pe = {{'S', 3}}};
  MachineSpec machine = {.ifmap_rf_words = 3, .weight_rf_words = 3};
  Result result = run(shape, nest, machine);
  EXPECT_EQ(result.cycles, 18);
  expect_accesses(result.global_buffer.ifmap, 7, 7);
  expect_accesses(result.global_buffer.weight, 3, 3);
  EXPECT_EQ(result.register_file.ifmap.reads, 9);
  // Cycles 0-2: the weights come as late as the ifmap; 7 and 12.
  EXPECT_EQ(result.states.wait_weight, 3);
  EXPECT_EQ(result.states.wait_ifmap, 2);

  // With a FIFO of 2: w3 @3, w4 @4, MACs 3-5, accumulation 6, MACs 7-9; w5 @6, w6 @7; accumulation 10, MACs
  // 11-13, accumulation 14->15, psum-out 15->16.
  machine.input_fifo_words = 2;
  result = run(shape, nest, machine);
  EXPECT_EQ(result.cycles, 16);
}

// 3 output channels on 2 columns: PE 1 is idle in step 1. ifmap @0 to both, kept in step 1; weights m0 @0, m1
// @1, m2 @2; psum-in @0 @1 @2. PE 0: MAC 1, accumulation 2, MAC 3, accumulation 4->5; PE 1: MAC 2,
// accumulation 3->4. psum-out 3, 4, 5->6.
TEST(TickedModel, PartialTile) {
  const Result result =
      run({.M = 3}, {.global_buffer = {{'M', 2}}, .pe_columns = {{'M', 2}}}, {.columns = 2});
  EXPECT_EQ(result.cycles, 6);
  expect_states(result.states,
                {.mac = 3, .psum_accumulate = 3, .wait_weight = 1 + 2, .fill_drain = 1, .unmapped = 2});
  expect_accesses(result.global_buffer.ifmap, 1, 1);
  EXPECT_EQ(result.network_hops.ifmap, 2);
}

// 3 input channels on 2 rows, one visit of two steps; PE 1, the bottom, is idle in step 1. ifmap and weights
// c0 @0, c1 @1, c2 @2. PE 0: MACs 1 and 3; PE 1: MAC 2, accumulation 3->4; PE 0: accumulation 4->5; psum-out
// 5->6.
TEST(TickedModel, IdleAtTheEndOfAVisit) {
  const LayerShape shape = {.C = 3};
  const NestSpec nest = {.global_buffer = {{'C', 2}}, .pe_rows = {{'C', 2}}};
  MachineSpec machine = {.rows = 2};
  Result result = run(shape, nest, machine);
  EXPECT_EQ(result.cycles, 6);
  expect_states(result.states,
                {.mac = 3, .psum_accumulate = 2, .wait_weight = 2 + 2, .fill_drain = 1, .unmapped = 2});

  // Step 1 waits for PE 1's MAC (time 3), not for its accumulation, which belongs to the visit's end: c2 @3,
  // MAC 4, accumulation 5, psum-out 6->7.
  machine.barrier = Barrier::kArrayDone;
  result = run(shape, nest, machine);
  EXPECT_EQ(result.cycles, 7);
}

// Two groups of 3 output channels on 2 columns; steps (g0 m0 m1) (g0 m2) (g1 m0 m1) (g1 m2). ifmap g0 @0, g1
// @1; psum-in
// @0..@5.
class TickedModelBarrier : public testing::Test {
 protected:
  static Result run_with(Barrier barrier) {
    return run({.G = 2, .M = 3}, {.dram = {{'G', 2}}, .global_buffer = {{'M', 2}}, .pe_columns = {{'M', 2}}},
               {.columns = 2, .barrier = barrier});
  }
};

// Weights @0..@5. PE 0: MAC and accumulation 1 2, 3 4, 5 6, 7 8->9; PE 1: 2 3, 5 6. psum-out 3, 4, 5, 7, 8,
// 9->10.
TEST_F(TickedModelBarrier, None) { EXPECT_EQ(run_with(Barrier::kNone).cycles, 10); }

// PE 0: MAC and accumulation 1 2; PE 1: 2 3->4. So m2 @4; PE 0: 5 6->7. Then @7 @8; PE 0: 8 9, PE 1: 9
// 10->11. Then @11; PE 0: 12 13->14; psum-out 14->15.
TEST_F(TickedModelBarrier, ArrayDone) {
  const Result result = run_with(Barrier::kArrayDone);
  EXPECT_EQ(result.cycles, 15);
  expect_states(result.states,
                {.mac = 6,
                 .psum_accumulate = 6,
                 .wait_weight = (1 + 2 + 1 + 2) + (2 + 2),
                 .fill_drain = 1,
                 .unmapped = 3 + 4});  // PE 1 in 4-6, until PE 0 has finished step 1, and 11-14
}

// psum-out of step 0: 3, 4->5. So m2 @5; PE 0: 6 7, psum-out 8->9. Then @9 @10; PE 0: 10 11, PE 1: 11 12,
// psum-out 12, 13->14. Then @14; PE 0: 15 16, psum-out 17->18.
TEST_F(TickedModelBarrier, ArrayDrained) { EXPECT_EQ(run_with(Barrier::kArrayDrained).cycles, 18); }

// 2 images on 2 columns (A, B), 3 steps of 4 MACs and 4 psums; ports of one burst, psum networks of 1 word a
// cycle. ifmap @0 @1 @2, weights @0.             A                                    B psum-in        0-3
// 9-12           17-20    | 4-7           13-16         21-24 MACs           1-4                      9-12
// 17-20    | 1-4           9-12          21-24 accumulation   5-8                      13-16          21-24
// | 5-8           17-20         25-28 psum-out       9-12                     17-20          25-28    | 13-16
// 21-24         29-32 ->33
TEST(TickedModel, PsumNetworksLimit) {
  const Result result =
      run({.N = 2, .M = 4, .Q = 3}, {.global_buffer = {{'Q', 3}}, .pe_columns = {{'N', 2}}, .pe = {{'M', 4}}},
          {.columns = 2, .ifmap_words_per_cycle = 2, .weight_words_per_cycle = 4, .psum_port_words = 4});
  EXPECT_EQ(result.cycles, 33);
  expect_states(result.states, {.mac = 24,
                                .psum_accumulate = 24,
                                .wait_weight = 2,
                                .wait_psum = 1,          // B in 13: its psums begin in 13
                                .wait_output_space = 3,  // B in 14-16: its port empties until 17
                                .fill_drain = 8 + 4});
  EXPECT_EQ(result.busy.psum_in, 24);
  EXPECT_EQ(result.busy.psum_out, 24);
  EXPECT_EQ(result.busy.ifmap, 3);
  EXPECT_EQ(result.busy.weight, 1);
}

// ifmap @0..@3, weights @0 @1. MAC, accumulation, psum-out: 1 2 3; 3 4 5; psum-in 4 (after psum-out ->4), 5 6
// 7; psum-in 6, 7 8 9->10.
TEST(TickedModel, PsumsComeBackFromTheBuffer) {
  const Result result = run({.C = 2, .Q = 2}, {.dram = {{'C', 2}}, .global_buffer = {{'Q', 2}}},
                            {.reads_initial_psums = false});
  EXPECT_EQ(result.cycles, 10);
  expect_accesses(result.dram.psum, 0, 2);
  expect_accesses(result.global_buffer.psum, 2 + 2, 4);
}

// The same order of steps, but the buffer keeps one psum: it leaves 4 times and comes back twice.
TEST(TickedModel, PsumsComeBackFromDram) {
  const Result result = run({.C = 2, .Q = 2}, {.dram = {{'C', 2}, {'Q', 2}}}, {.reads_initial_psums = false});
  EXPECT_EQ(result.cycles, 10);
  expect_accesses(result.dram.psum, 2, 4);
  expect_accesses(result.global_buffer.psum, 2 + 4, 4 + 2);
}

// DRAM: 2 cycles a word and 5. The ifmap's load 0->11, the weights 11->22. ifmap @11 @12 @13, psum-in @11,
// weights
// @22 @23 @24, MACs 25-27, accumulation 28, psum-out 29->30, the last drain 30->37.
TEST(TickedModelTotal, OneTile) {
  MachineSpec machine = {.dram_hidden = false, .dram_words_per_1000_cycles = 500, .dram_latency_cycles = 5};
  NestSpec nest = {.pe = {{'S', 3}}};
  Result result = run({.S = 3}, nest, machine);
  EXPECT_EQ(result.cycles, 37);
  expect_states(result.states, {.mac = 3, .psum_accumulate = 1, .wait_weight = 25, .fill_drain = 1 + 7});
  EXPECT_EQ(result.busy.dram, 6 + 6 + 2);

  // One load of 6 words 0->17; all @17 @18 @19, MACs 20-22, accumulation 23, psum-out 24->25, drain 25->32.
  nest.weights_in_global_buffer = true;
  result = run({.S = 3}, nest, machine);
  EXPECT_EQ(result.cycles, 32);
  EXPECT_EQ(result.busy.dram, 12 + 2);
}

// Load 0->1, weight 1->2; ifmap @1, weight @2, MAC 3, accumulation 4, psum-out 5->6. Drain 6->7, load 7->8;
// ifmap @8, psum-in @8, MAC 9, accumulation 10, psum-out 11->12, drain
// 12->13.
TEST(TickedModelTotal, DrainAndLoadBetweenTiles) {
  EXPECT_EQ(run({.Q = 2}, {.dram = {{'Q', 2}}}, {.dram_hidden = false}).cycles, 13);
}

// Latency 10. Load 0->11, weight 11->22; ifmap @11, weight @22; the next weight 23->34. MAC 23, accumulation
// 24, psum-out 25->26. The drain waits for the link: 34->45. Weight and psum-in @45, MAC 46, accumulation 47,
// psum-out 48->49, drain 49->60.
TEST(TickedModelTotal, WeightsGoBeforeTheDrain) {
  const Result result =
      run({.M = 2}, {.dram = {{'M', 2}}}, {.dram_hidden = false, .dram_latency_cycles = 10});
  EXPECT_EQ(result.cycles, 60);
}

// One visit over two buffer tiles. Load 0->1, weight 1->2; ifmap @1, weight @2, the next weight 3->4; MAC
// 3->4. Load 4->5; ifmap, weight @5, MAC 6, accumulation 7, psum-out 8->9, drain
// 9->10.
TEST(TickedModelTotal, VisitOverTwoTiles) {
  EXPECT_EQ(run({.C = 2}, {.dram = {{'C', 2}}}, {.dram_hidden = false}).cycles, 10);
}

TEST(TickedModel, RefusesWhatDoesNotFit) {
  const LayerShape shape = {.S = 3};
  const NestSpec nest = {.pe = {{'S', 3}}};
  EXPECT_THROW(run(shape, nest, {.ifmap_rf_words = 2}), std::invalid_argument);
  EXPECT_THROW(run(shape, {.pe_rows = {{'S', 3}}}, {}), std::invalid_argument);
  EXPECT_THROW(run(shape, {.pe_columns = {{'S', 3}}}, {.columns = 3}), std::invalid_argument);
  EXPECT_THROW(run(shape, {.pe = {{'S', 2}}}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace weir::reference
