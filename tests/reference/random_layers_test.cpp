// Conservation laws on random layers, mappings and machines.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "reference/naive_convolution.h"
#include "reference/ticked_model.h"

namespace weir::reference {
namespace {

std::int64_t pick(std::mt19937& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(high - low + 1));
}

// Splits each bound over the levels, innermost first, rounding up: the last tiles are partial.
NestSpec random_nest(const LayerShape& shape, std::mt19937& random) {
  NestSpec nest;
  const std::string dimensions = "GNMCPQRS";
  const std::int64_t bounds[] = {shape.G, shape.N, shape.M, shape.C, shape.P, shape.Q, shape.R, shape.S};
  std::vector<LoopSpec> reduced_rows;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    const char dimension = dimensions[i];
    const bool reduction = dimension == 'C' || dimension == 'R' || dimension == 'S';
    std::int64_t left = bounds[i];
    const auto put = [&](std::vector<LoopSpec>& loops, std::int64_t largest) {
      const std::int64_t bound = pick(random, 1, std::min(left, largest));
      if (bound > 1) loops.push_back({dimension, bound});
      left = (left + bound - 1) / bound;
    };
    put(nest.pe, 3);
    if (!reduction) put(nest.pe_columns, 2);
    put(reduction ? reduced_rows : nest.pe_rows, 2);
    put(nest.global_buffer, left);
    if (left > 1) nest.dram.push_back({dimension, left});
  }
  nest.pe_rows.insert(nest.pe_rows.end(), reduced_rows.begin(), reduced_rows.end());
  for (auto* loops : {&nest.dram, &nest.global_buffer, &nest.pe})
    std::shuffle(loops->begin(), loops->end(), random);
  nest.weights_in_global_buffer = random() % 2 == 0;
  return nest;
}

std::int64_t iterations(const std::vector<LoopSpec>& loops) {
  std::int64_t product = 1;
  for (const LoopSpec& loop : loops) product *= loop.bound;
  return product;
}

MachineSpec random_machine(const NestSpec& nest, std::mt19937& random) {
  MachineSpec machine;
  machine.rows = iterations(nest.pe_rows) + pick(random, 0, 1);
  machine.columns = iterations(nest.pe_columns) + pick(random, 0, 1);
  const std::int64_t tile = iterations(nest.pe);  // no tensor's tile has more words
  machine.ifmap_rf_words = machine.weight_rf_words = machine.psum_rf_words = tile;
  machine.psum_port_words = tile * pick(random, 1, 2);
  machine.input_fifo_words = pick(random, 0, 4);
  machine.ifmap_words_per_cycle = pick(random, 1, 4);
  machine.weight_words_per_cycle = pick(random, 1, 4);
  machine.psum_in_words_per_cycle = pick(random, 1, 4);
  machine.psum_out_words_per_cycle = pick(random, 1, 4);
  machine.barrier = static_cast<Barrier>(pick(random, 0, 2));
  machine.reads_initial_psums = random() % 2 == 0;
  machine.zero_gating = random() % 2 == 0;
  machine.dram_hidden = random() % 2 == 0;
  machine.dram_words_per_1000_cycles = pick(random, 300, 4000);
  machine.dram_latency_cycles = pick(random, 0, 20);
  return machine;
}

LayerShape random_shape(std::mt19937& random) {
  LayerShape shape;
  for (std::int64_t* bound : {&shape.G, &shape.N}) *bound = pick(random, 1, 2);
  for (std::int64_t* bound : {&shape.M, &shape.C, &shape.P, &shape.Q}) *bound = pick(random, 1, 4);
  for (std::int64_t* bound : {&shape.R, &shape.S}) *bound = pick(random, 1, 3);
  for (std::int64_t* step : {&shape.stride_v, &shape.stride_h, &shape.dilation_v, &shape.dilation_h}) {
    *step = pick(random, 1, 2);
  }
  return shape;
}

void check(const LayerShape& shape, const NestSpec& nest, const MachineSpec& machine, const Result& result) {
  const StateCycles& states = result.states;
  const std::int64_t macs = shape.G * shape.N * shape.M * shape.C * shape.P * shape.Q * shape.R * shape.S;
  EXPECT_EQ(states.mac + states.gated_mac + states.psum_accumulate + states.wait_ifmap + states.wait_weight +
                states.wait_psum + states.wait_output_space + states.fill_drain + states.unmapped,
            result.cycles * machine.rows * machine.columns);
  EXPECT_EQ(result.macs + result.gated_macs, macs);
  EXPECT_EQ(states.mac, result.macs);
  EXPECT_EQ(states.gated_mac, result.gated_macs);
  EXPECT_EQ(result.register_file.psum.writes, macs);
  EXPECT_EQ(result.register_file.ifmap.writes, result.network_hops.ifmap);
  EXPECT_EQ(result.global_buffer.ifmap.writes, result.dram.ifmap.reads);
  EXPECT_EQ(result.global_buffer.weight.writes, result.dram.weight.reads);
  EXPECT_GE(result.global_buffer.ifmap.reads, result.dram.ifmap.reads);
  EXPECT_EQ(result.dram.psum.writes - result.dram.psum.reads,
            shape.G * shape.N * shape.M * shape.P * shape.Q);
  EXPECT_LE(result.global_buffer.ifmap.reads, result.busy.ifmap * machine.ifmap_words_per_cycle);
  if (!nest.weights_in_global_buffer) {
    EXPECT_EQ(result.global_buffer.weight.reads, result.global_buffer.weight.writes);
  }
  for (const std::int64_t busy :
       {result.busy.ifmap, result.busy.weight, result.busy.psum_in, result.busy.psum_out}) {
    EXPECT_LE(busy, result.cycles);
  }
}

TEST(RandomLayers, OutputsAndConservationLaws) {
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const LayerShape shape = random_shape(random);
    const NestSpec nest = random_nest(shape, random);
    const MachineSpec machine = random_machine(nest, random);
    const LayerData data = random_data(shape, random);
    Result result;
    ASSERT_NO_THROW(result = simulate(shape, nest, machine, data));
    EXPECT_EQ(result.outputs, naive_convolution(shape, data));
    check(shape, nest, machine, result);
  }
}

}  // namespace
}  // namespace weir::reference
