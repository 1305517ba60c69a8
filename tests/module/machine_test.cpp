// The SystemC machine on cases small enough to be worked out by hand, and on faults that it must find.
#include <gtest/gtest.h>

#include <stdexcept>

#include "support/one_pe.h"
#include "systemc/simulator.h"
#include "timing/bounded_store.h"

namespace weir {
namespace {

using evaluate::Job;
using stats::Action;
using stats::Component;
using stats::Link;
using stats::PeState;
using systemc::Simulator;
using enum Dimension;

/// One PE, a row of two outputs under two taps; every store holds just what it must.
struct OnePe {
  Job job;
  Accelerator accelerator;

  OnePe() {
    Layer& layer = job.layer;
    layer.name = "tiny";
    layer.bounds.values.fill(1);
    layer.bounds[Q] = 2;
    layer.bounds[S] = 2;
    layer.input = {1, 3};
    job.mapping.at(Level::global_buffer) = {{Q, 2}};
    job.mapping.at(Level::pe) = {{S, 2}};
    accelerator = test::one_pe({2, 2, 1, 0, false}, {4, 16, 2});
  }
};

TEST(Machine, TimesOnePeAsWorkedOutByHand) {
  // cycle          0 1 2 3 4 5 6 7 8
  // ifmap network  0 1     2            word 2 waits until the first window gives up word 0
  // weight network 0 1
  // psum in        0         1          the port holds one word, free when it is added at 5
  // PE             . . M M A M M A
  // psum out                 0     1
  OnePe c;
  const stats::LayerStats s = Simulator(c.accelerator).run(c.job);
  EXPECT_EQ(s.cycles, 9);
  EXPECT_EQ(s.wrong_outputs, 0);
  EXPECT_EQ(s.pe_cycles[PeState::mac], 4);
  EXPECT_EQ(s.pe_cycles[PeState::psum_accumulate], 2);
  EXPECT_EQ(s.pe_cycles[PeState::wait_weight], 2);
  EXPECT_EQ(s.pe_cycles[PeState::fill_drain], 1);
  EXPECT_EQ(s.links[static_cast<std::size_t>(Link::ifmap)], (stats::LinkCycles{3, 2, 4}));
  EXPECT_EQ(s.links[static_cast<std::size_t>(Link::weight)], (stats::LinkCycles{2, 0, 7}));
  EXPECT_EQ(s.links[static_cast<std::size_t>(Link::psum_out)].busy, 2);
}

TEST(Machine, CountsOnePeAsWorkedOutByHand) {
  OnePe c;
  const stats::Counts n = Simulator(c.accelerator).run(c.job).counts;
  const auto count = [&](Component component, Tensor data, Action action) {
    return n.get(component, data, action);
  };
  EXPECT_EQ(count(Component::dram, Tensor::ifmap, Action::read), 3);
  EXPECT_EQ(count(Component::dram, Tensor::weight, Action::read), 2);
  EXPECT_EQ(count(Component::dram, Tensor::psum, Action::write), 2);
  EXPECT_EQ(count(Component::dram, Tensor::psum, Action::read), 0);
  EXPECT_EQ(count(Component::global_buffer, Tensor::ifmap, Action::write), 3);
  EXPECT_EQ(count(Component::global_buffer, Tensor::ifmap, Action::read), 3);
  EXPECT_EQ(count(Component::global_buffer, Tensor::psum, Action::read), 4);  // 2 initial, 2 that leave
  EXPECT_EQ(count(Component::global_buffer, Tensor::psum, Action::write), 2);
  EXPECT_EQ(count(Component::network, Tensor::psum, Action::hop), 4);
  EXPECT_EQ(count(Component::neighbour, Tensor::psum, Action::hop), 0);
  EXPECT_EQ(count(Component::register_file, Tensor::ifmap, Action::write),
            3);  // the second window keeps a word
  EXPECT_EQ(count(Component::register_file, Tensor::weight, Action::write), 2);
  EXPECT_EQ(count(Component::register_file, Tensor::ifmap, Action::read), 4);
  EXPECT_EQ(count(Component::register_file, Tensor::psum, Action::write), 4);
  EXPECT_EQ(count(Component::mac, Tensor::psum, Action::mac), 4);
}

TEST(Machine, CountsSumsThatLeaveDirectlyAsWorkedOutByHand) {
  // Two outputs of two MACs each: a sum is written after the first MAC and read for the second, whose sum
  // leaves; it goes to DRAM and is in the buffer neither written nor read.
  OnePe c;
  c.accelerator.pe.last_sum = c.accelerator.global_buffer.last_sum = LastSum::direct;
  c.accelerator.networks.psum_ports.reads_initial = false;
  const stats::LayerStats s = Simulator(c.accelerator).run(c.job);
  EXPECT_EQ(s.wrong_outputs, 0);
  const auto psums = [&](Component component, Action action) {
    return s.counts.get(component, Tensor::psum, action);
  };
  EXPECT_EQ(psums(Component::register_file, Action::read), 2);
  EXPECT_EQ(psums(Component::register_file, Action::write), 2);
  EXPECT_EQ(psums(Component::global_buffer, Action::read), 0);
  EXPECT_EQ(psums(Component::global_buffer, Action::write), 0);
  EXPECT_EQ(psums(Component::network, Action::hop), 2);
  EXPECT_EQ(psums(Component::dram, Action::write), 2);
}

TEST(Machine, SharesARegisterFileAsItsTilesNeed) {
  // 2 weights, 1 psum and the rest for the ifmap: with 5 words the machine of separate files, with 6 the
  // ifmap has room for a third word, which arrives two cycles earlier.
  OnePe c;
  c.accelerator.pe = {0, 0, 0, 0, false};
  c.accelerator.pe.shared_rf_words = 5;
  Simulator tight(c.accelerator);
  c.accelerator.pe.shared_rf_words = 6;
  Simulator roomy(c.accelerator);  // both before either runs: SystemC elaborates once
  EXPECT_EQ(tight.run(c.job).cycles, 9);
  const stats::LayerStats s = roomy.run(c.job);
  EXPECT_EQ(s.links[static_cast<std::size_t>(Link::ifmap)], (stats::LinkCycles{3, 0, 6}));
  EXPECT_EQ(s.cycles, 9);
}

TEST(Machine, LoadsWholeTilesWhereItIsSaid) {
  // The second of two buffer tiles shares one of its two words with the first.
  OnePe c;
  c.job.mapping.at(Level::global_buffer).clear();
  c.job.mapping.at(Level::dram) = {{Q, 2}};
  Simulator by_words(c.accelerator);
  c.accelerator.global_buffer.loads = TileLoad::whole;
  Simulator by_tiles(c.accelerator);
  EXPECT_EQ(by_words.run(c.job).counts.get(Component::dram, Tensor::ifmap, Action::read), 3);
  const stats::LayerStats s = by_tiles.run(c.job);
  EXPECT_EQ(s.counts.get(Component::dram, Tensor::ifmap, Action::read), 4);
  EXPECT_EQ(s.wrong_outputs, 0);
}

TEST(Machine, AddsDramTimeOnlyWhenItIsNotHidden) {
  // 3 ifmap words load in 3 cycles, then 2 weights in 2: they arrive at 5 and enter at 5 and 6, so the first
  // window begins at 7 instead of 2; at the end 2 outputs drain: 9 + 5 + 2 cycles.
  OnePe c;
  c.job.overlap = Overlap::total;
  EXPECT_EQ(Simulator(c.accelerator).run(c.job).cycles, 16);
}

TEST(Machine, FindsAWrongWeight) {
  OnePe c;
  c.job.tamper = [](LayerData& data) { data.weights[1] = static_cast<std::int16_t>(data.weights[1] ^ 1); };
  const stats::LayerStats s = Simulator(c.accelerator).run(c.job);
  EXPECT_EQ(s.verification, stats::Verification::failed);
  EXPECT_EQ(s.wrong_outputs, 2);
}

TEST(Machine, FindsAWrongIfmapWordOnlyWhereItIsUsed) {
  OnePe c;
  c.job.tamper = [](LayerData& data) { data.ifmap[0] = static_cast<std::int16_t>(data.ifmap[0] + 1); };
  EXPECT_EQ(Simulator(c.accelerator).run(c.job).wrong_outputs, 1);
}

TEST(BoundedStore, TellsWhenWordsFindRoom) {
  timing::BoundedStore store(3);
  EXPECT_EQ(store.room_for(2), 0);
  store.take(2);
  EXPECT_EQ(store.room_for(1), 0);
  store.take(1);
  EXPECT_THROW(store.room_for(1), std::logic_error);  // nothing gives room back
  store.give_back(2, 10);
  store.give_back(1, 15);
  EXPECT_EQ(store.room_for(2), 10);
  store.take(2);
  EXPECT_EQ(store.room_for(1), 15);
}

}  // namespace
}  // namespace weir
