#include "support/reference_result.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "mapping/capacity.h"
#include "support/random_case.h"
#include "workload/data.h"

namespace weir::test {
namespace {

using stats::Action;
using stats::Component;

std::vector<reference::LoopSpec> loops(const Mapping& mapping, Level level) {
  std::vector<reference::LoopSpec> result;
  for (const Loop& loop : mapping.at(level)) result.push_back({dimension_letter(loop.dimension), loop.bound});
  return result;
}

/// The counts of the ticked model in the simulator's terms.
stats::Counts counts_of(const reference::Result& r) {
  stats::Counts counts;
  const auto add = [&](Component c, const reference::TensorAccesses& t) {
    counts.add(c, Tensor::ifmap, Action::read, t.ifmap.reads);
    counts.add(c, Tensor::ifmap, Action::write, t.ifmap.writes);
    counts.add(c, Tensor::weight, Action::read, t.weight.reads);
    counts.add(c, Tensor::weight, Action::write, t.weight.writes);
    counts.add(c, Tensor::psum, Action::read, t.psum.reads);
    counts.add(c, Tensor::psum, Action::write, t.psum.writes);
  };
  const auto add_hops = [&](Component c, const reference::TensorHops& t) {
    counts.add(c, Tensor::ifmap, Action::hop, t.ifmap);
    counts.add(c, Tensor::weight, Action::hop, t.weight);
    counts.add(c, Tensor::psum, Action::hop, t.psum);
  };
  add(Component::dram, r.dram);
  add(Component::global_buffer, r.global_buffer);
  add(Component::register_file, r.register_file);
  add_hops(Component::network, r.network_hops);
  add_hops(Component::neighbour, r.neighbour_hops);
  counts.add(Component::mac, Tensor::psum, Action::mac, r.macs);
  counts.add(Component::mac, Tensor::psum, Action::gated_mac, r.gated_macs);
  return counts;
}

void expect_counts(const stats::Counts& simulated, const stats::Counts& expected) {
  simulated.for_each([&](Component c, Tensor d, Action a, std::int64_t count) {
    EXPECT_EQ(count, expected.get(c, d, a)) << stats::kComponentNames[static_cast<std::size_t>(c)] << " "
                                            << kTensorNames[static_cast<std::size_t>(d)] << " "
                                            << stats::kActionNames[static_cast<std::size_t>(a)];
  });
  EXPECT_EQ(simulated, expected);
}

void expect_links(const stats::LayerStats& simulated, const reference::Result& ticked) {
  const reference::LinkCycles &busy = ticked.busy, &last = ticked.last_sent;
  const auto expect = [&](stats::Link name, std::int64_t sending, std::int64_t blocked) {
    const stats::LinkCycles& link = simulated.links[static_cast<std::size_t>(name)];
    const auto what = stats::kLinkNames[static_cast<std::size_t>(name)];
    EXPECT_EQ(link.busy, sending) << what;
    EXPECT_EQ(link.blocked, blocked) << what;
    EXPECT_EQ(link.idle, std::max<std::int64_t>(0, ticked.cycles - sending - blocked)) << what;
  };
  expect(stats::Link::ifmap, busy.ifmap, last.ifmap - busy.ifmap);
  expect(stats::Link::weight, busy.weight, last.weight - busy.weight);
  expect(stats::Link::psum_in, busy.psum_in, last.psum_in - busy.psum_in);
  expect(stats::Link::psum_out, busy.psum_out, last.psum_out - busy.psum_out);
  expect(stats::Link::dram, busy.dram, 0);
}

}  // namespace

reference::LayerShape reference_shape(const Layer& layer) {
  using enum Dimension;
  const Extents& b = layer.bounds;
  return {b[G],
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
          layer.spacing.horizontal,
          layer.steps};
}

reference::NestSpec reference_nest(const Mapping& mapping) {
  return {loops(mapping, Level::dram),    loops(mapping, Level::global_buffer),
          loops(mapping, Level::pe_rows), loops(mapping, Level::pe_columns),
          loops(mapping, Level::pe),      mapping.weights_in_global_buffer};
}

reference::MachineSpec reference_machine(const Accelerator& a, Overlap overlap) {
  const auto words = [](const NetworkSpec& network) {
    return network.words_per_cycle == kUnlimitedWords ? 0 : network.words_per_cycle;
  };
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
  machine.ifmap_words_per_cycle = words(a.networks.ifmap);
  machine.weight_words_per_cycle = words(a.networks.weight);
  machine.psum_in_words_per_cycle = words(a.networks.psum_in);
  machine.psum_out_words_per_cycle = words(a.networks.psum_out);
  machine.psum_port_words = a.networks.psum_ports.words;
  machine.barrier = static_cast<reference::Barrier>(a.networks.weight_barrier);
  machine.reads_initial_psums = a.networks.psum_ports.reads_initial;
  machine.zero_gating = a.pe.zero_gating;
  machine.dram_hidden = overlap == Overlap::processing;
  machine.dram_words_per_1000_cycles = a.dram.words_per_kilocycle;
  machine.dram_latency_cycles = a.dram.latency_cycles;
  machine.double_buffered = a.double_buffered;
  machine.weight_prefetch_words = a.global_buffer.weight_prefetch_words;
  return machine;
}

reference::LayerData reference_data(const Layer& layer) {
  LayerData data = generate_data(layer, kDataSeed, true);
  return {layer.padded_rows(), layer.padded_columns(), std::move(data.ifmap), std::move(data.weights)};
}

void expect_equal(const stats::LayerStats& simulated, const reference::Result& ticked) {
  EXPECT_EQ(simulated.cycles, ticked.cycles);
  EXPECT_EQ(simulated.macs, ticked.macs + ticked.gated_macs);
  expect_counts(simulated.counts, counts_of(ticked));
  const reference::StateCycles& s = ticked.states;
  const stats::PeCycles states{{s.mac, s.gated_mac, s.psum_accumulate, s.wait_ifmap, s.wait_weight,
                                s.wait_psum, s.wait_output_space, s.fill_drain, s.unmapped}};
  for (std::size_t i = 0; i < stats::kPeStates; ++i) {
    EXPECT_EQ(simulated.pe_cycles.values[i], states.values[i]) << stats::kPeStateNames[i];
  }
  expect_links(simulated, ticked);
}

}  // namespace weir::test
