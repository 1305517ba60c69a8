// The event-driven machine against the one-step-per-clock model: every cycle, count and output equal.
#include "reference/ticked_model.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "arch/simulator.h"
#include "mapping/capacity.h"
#include "mapping/check.h"
#include "support/random_case.h"
#include "workload/data.h"

namespace weir {
namespace {

using stats::Action;
using stats::Component;
using stats::Data;
using stats::PeState;
using enum Dimension;

std::vector<reference::LoopSpec> loops(const Mapping& mapping, Level level) {
  std::vector<reference::LoopSpec> result;
  for (const Loop& loop : mapping.at(level)) result.push_back({dimension_letter(loop.dimension), loop.bound});
  return result;
}

reference::Result tick(const test::RandomCase& drawn) {
  const Layer& layer = drawn.layer;
  const Extents& b = layer.bounds;
  const Accelerator& a = drawn.accelerator;
  const Mapping& mapping = drawn.mapping;
  const reference::LayerShape shape{b[G],
                                    b[N],
                                    b[M],
                                    b[C],
                                    b[P],
                                    b[Q],
                                    b[R],
                                    b[S],
                                    layer.stride.vertical,
                                    layer.stride.horizontal,
                                    layer.dilation.vertical,
                                    layer.dilation.horizontal,
                                    layer.padding.top,
                                    layer.padding.top + layer.input.vertical,
                                    layer.padding.left,
                                    layer.padding.left + layer.input.horizontal,
                                    layer.spacing.vertical,
                                    layer.spacing.horizontal};
  const reference::NestSpec nest{loops(mapping, Level::dram),    loops(mapping, Level::global_buffer),
                                 loops(mapping, Level::pe_rows), loops(mapping, Level::pe_columns),
                                 loops(mapping, Level::pe),      mapping.weights_in_global_buffer};
  reference::MachineSpec machine;
  machine.rows = a.rows;
  machine.columns = a.columns;
  machine.ifmap_rf_words = a.pe.ifmap_rf_words;
  machine.weight_rf_words = a.pe.weight_rf_words;
  machine.psum_rf_words = a.pe.psum_rf_words;
  machine.shared_rf_words = a.pe.shared_rf_words;
  machine.pe_last_sum_direct = a.pe.last_sum == LastSum::direct;
  machine.buffer_last_sum_direct = a.global_buffer.last_sum == LastSum::direct;
  machine.streams_ifmap = !has_register_file(Tensor::ifmap, a.pe);
  machine.streams_weights = !has_register_file(Tensor::weight, a.pe);
  machine.streams_psums = !has_register_file(Tensor::psum, a.pe);
  machine.ifmap_bypasses_buffer = a.global_buffer.ifmap_bypasses;
  const NeighbourSums& sums = a.networks.neighbour_sums;
  machine.neighbours_sum =
      std::string(sums.c ? "C" : "") + std::string(sums.r ? "R" : "") + std::string(sums.s ? "S" : "");
  machine.loads_whole_tiles = a.global_buffer.loads == TileLoad::whole;
  machine.loads_every_tile = a.global_buffer.loads == TileLoad::every;
  machine.skips_padding = a.pe.padding_macs == PaddingMacs::skipped;
  machine.makes_padding = a.global_buffer.padding == PaddingZeros::made;
  machine.input_fifo_words = a.pe.input_fifo_words;
  machine.ifmap_words_per_cycle = a.networks.ifmap.words_per_cycle;
  machine.weight_words_per_cycle = a.networks.weight.words_per_cycle;
  machine.psum_in_words_per_cycle = a.networks.psum_in.words_per_cycle;
  machine.psum_out_words_per_cycle = a.networks.psum_out.words_per_cycle;
  machine.psum_port_words = a.networks.psum_ports.words;
  machine.barrier = static_cast<reference::Barrier>(a.networks.weight_barrier);
  machine.reads_initial_psums = a.networks.psum_ports.reads_initial;
  machine.zero_gating = a.pe.zero_gating;
  machine.dram_hidden = drawn.overlap == Overlap::processing;
  machine.dram_words_per_1000_cycles = a.dram.words_per_kilocycle;
  machine.dram_latency_cycles = a.dram.latency_cycles;
  LayerData data = generate_data(layer, test::kDataSeed, true);
  return reference::simulate(
      shape, nest, machine,
      {layer.padded_rows(), layer.padded_columns(), std::move(data.ifmap), std::move(data.weights)});
}

/// The counts of the ticked model in the simulator's terms.
stats::Counts counts_of(const reference::Result& r) {
  stats::Counts counts;
  const auto add = [&](Component c, const reference::TensorAccesses& t) {
    counts.add(c, Data::ifmap, Action::read, t.ifmap.reads);
    counts.add(c, Data::ifmap, Action::write, t.ifmap.writes);
    counts.add(c, Data::weight, Action::read, t.weight.reads);
    counts.add(c, Data::weight, Action::write, t.weight.writes);
    counts.add(c, Data::psum, Action::read, t.psum.reads);
    counts.add(c, Data::psum, Action::write, t.psum.writes);
  };
  add(Component::dram, r.dram);
  add(Component::global_buffer, r.global_buffer);
  add(Component::register_file, r.register_file);
  counts.add(Component::network, Data::ifmap, Action::hop, r.network_hops.ifmap);
  counts.add(Component::network, Data::weight, Action::hop, r.network_hops.weight);
  counts.add(Component::network, Data::psum, Action::hop, r.network_hops.psum);
  counts.add(Component::neighbour, Data::psum, Action::hop, r.neighbour_psum_hops);
  counts.add(Component::mac, Data::psum, Action::mac, r.macs);
  counts.add(Component::mac, Data::psum, Action::gated_mac, r.gated_macs);
  return counts;
}

void expect_equal(const stats::LayerStats& simulated, const reference::Result& ticked) {
  EXPECT_EQ(simulated.cycles, ticked.cycles);
  const stats::Counts expected = counts_of(ticked);
  simulated.counts.for_each([&](Component c, Data d, Action a, std::int64_t count) {
    EXPECT_EQ(count, expected.get(c, d, a)) << stats::kComponentNames[static_cast<std::size_t>(c)] << " "
                                            << stats::kDataNames[static_cast<std::size_t>(d)] << " "
                                            << stats::kActionNames[static_cast<std::size_t>(a)];
  });
  EXPECT_EQ(simulated.counts, expected);
  const reference::StateCycles& s = ticked.states;
  const stats::PeCycles states{{s.mac, s.gated_mac, s.psum_accumulate, s.wait_ifmap, s.wait_weight,
                                s.wait_psum, s.wait_output_space, s.fill_drain, s.unmapped}};
  for (std::size_t i = 0; i < stats::kPeStates; ++i) {
    EXPECT_EQ(simulated.pe_cycles.values[i], states.values[i]) << stats::kPeStateNames[i];
  }
  const reference::BusyCycles& busy = ticked.busy;
  const std::array<std::int64_t, 4> links{busy.ifmap, busy.weight, busy.psum_in, busy.psum_out};
  for (std::size_t i = 0; i < links.size(); ++i)
    EXPECT_EQ(simulated.links[i].busy, links[i]) << stats::kLinkNames[i];
}

/// Cases of one test, all machines in one elaboration.
class EqualsTickedModel : public testing::TestWithParam<std::uint64_t> {};

TEST_P(EqualsTickedModel, InEveryCycleCountAndOutput) {
  constexpr std::uint64_t kCases = 50;
  std::vector<test::RandomCase> cases;
  std::vector<std::unique_ptr<arch::Simulator>> simulators;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    cases.push_back(test::draw_case(GetParam() * kCases + i));
    simulators.push_back(std::make_unique<arch::Simulator>(cases.back().accelerator));
  }
  for (std::uint64_t i = 0; i < kCases; ++i) {
    const test::RandomCase& drawn = cases[i];
    SCOPED_TRACE("seed " + std::to_string(GetParam() * kCases + i) + ": " + test::describe(drawn));
    ASSERT_NO_THROW(check_mapping(drawn.mapping, drawn.layer, drawn.accelerator));
    arch::Job job{drawn.layer, drawn.mapping, drawn.overlap, true, test::kDataSeed, {}};
    const stats::LayerStats with_data = simulators[i]->run(job);
    EXPECT_EQ(with_data.wrong_outputs, 0);
    expect_equal(with_data, tick(drawn));

    job.data = false;
    const stats::LayerStats without_data = simulators[i]->run(job);
    EXPECT_EQ(without_data.cycles, with_data.cycles);
    EXPECT_EQ(without_data.counts, with_data.counts);
    EXPECT_EQ(without_data.pe_cycles, with_data.pe_cycles);
    EXPECT_EQ(without_data.links, with_data.links);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Random, EqualsTickedModel, testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace weir
