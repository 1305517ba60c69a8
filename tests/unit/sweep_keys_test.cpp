#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <type_traits>
#include <vector>

#include "mapper/mapper.h"
#include "support/members.h"
#include "support/shipped.h"
#include "sweep/evaluate.h"
#include "sweep/search.h"

namespace weir::sweep {
namespace {

using test::kRoot;

/// A change of one member.
template <typename T>
using Change = std::function<void(T&)>;

/// Adds changes of a member of `Outer`, one for each of the member's own members.
template <typename Outer, typename Inner>
void add_below(Inner Outer::*member, const std::vector<Change<Inner>>& changes,
               std::vector<Change<Outer>>& all) {
  for (const auto& change : changes) all.push_back([=](Outer& outer) { change(outer.*member); });
}

/// A change of a number, a bool, an enum or a vector of them.
template <typename T, typename M>
Change<T> change_of(M T::*member) {
  return [=](T& object) {
    M& value = object.*member;
    if constexpr (std::is_same_v<M, bool>) {
      value = !value;
    } else if constexpr (std::is_enum_v<M>) {
      value = static_cast<M>(static_cast<int>(value) + 1);
    } else if constexpr (std::is_arithmetic_v<M>) {
      value += 1;
    } else {
      value.emplace_back();
    }
  };
}

template <typename T, typename... M>
std::vector<Change<T>> changes_of(M T::*... members) {
  static_assert(sizeof...(M) == test::members_of<T>(), "a member is missing in this list");
  return {change_of(members)...};
}

std::vector<Change<Plane>> plane_changes() { return changes_of(&Plane::vertical, &Plane::horizontal); }
std::vector<Change<Padding>> padding_changes() {
  return changes_of(&Padding::top, &Padding::left, &Padding::bottom, &Padding::right);
}

std::vector<Change<VectorValues>> values_changes() {
  using V = VectorValues;
  static_assert(test::members_of<V>() == 15, "a member is missing below");
  std::vector<Change<V>> all = {
      change_of(&V::function),       change_of(&V::is_pool), change_of(&V::then_relu),
      change_of(&V::images),         change_of(&V::inputs),  change_of(&V::output),
      change_of(&V::counts_padding), change_of(&V::axis),    change_of(&V::order),
      change_of(&V::begin),          change_of(&V::step)};
  for (const auto plane : {&V::filter, &V::stride, &V::dilation}) add_below(plane, plane_changes(), all);
  add_below(&V::padding, padding_changes(), all);
  return all;
}

std::vector<Change<Layer>> layer_changes() {
  static_assert(test::members_of<Layer>() == 11 && test::members_of<VectorWork>() == 4,
                "a member is missing below (the name is no part of the key)");
  std::vector<Change<Layer>> all = {change_of(&Layer::kind), change_of(&Layer::ifmap_zeros),
                                    change_of(&Layer::steps)};
  for (std::size_t d = 0; d < kDimensions; ++d)
    all.push_back([=](Layer& layer) { ++layer.bounds.values[d]; });
  for (const auto plane : {&Layer::stride, &Layer::dilation, &Layer::spacing, &Layer::input})
    add_below(plane, plane_changes(), all);
  add_below(&Layer::padding, padding_changes(), all);
  std::vector<Change<VectorWork>> work = {change_of(&VectorWork::words_in), change_of(&VectorWork::words_out),
                                          change_of(&VectorWork::operations)};
  add_below(&VectorWork::values, values_changes(), work);
  add_below(&Layer::vector_work, work, all);
  return all;
}

std::vector<Change<NetworksSpec>> networks_changes() {
  using N = NetworksSpec;
  static_assert(test::members_of<N>() == 8, "a member is missing below");
  std::vector<Change<N>> all = {change_of(&N::delivery), change_of(&N::weight_barrier)};
  for (const auto network : {&N::ifmap, &N::weight, &N::psum_in, &N::psum_out})
    add_below(network, changes_of(&NetworkSpec::words_per_cycle), all);
  add_below(&N::neighbour_sums, changes_of(&NeighbourSums::c, &NeighbourSums::r, &NeighbourSums::s), all);
  add_below(&N::psum_ports, changes_of(&PsumPorts::words, &PsumPorts::reads_initial), all);
  return all;
}

std::vector<Change<Accelerator>> accelerator_changes() {
  using A = Accelerator;
  using P = ProcessingElementSpec;
  using B = GlobalBufferSpec;
  static_assert(test::members_of<A>() == 12, "a member is missing below (the names are no part of the key)");
  std::vector<Change<A>> all = {
      change_of(&A::clock_mhz), change_of(&A::word_bits),       change_of(&A::rows),
      change_of(&A::columns),   change_of(&A::double_buffered), change_of(&A::vector_operations_per_cycle)};
  add_below(&A::pe,
            changes_of(&P::ifmap_rf_words, &P::weight_rf_words, &P::psum_rf_words, &P::input_fifo_words,
                       &P::zero_gating, &P::shared_rf_words, &P::last_sum, &P::padding_macs),
            all);
  add_below(&A::networks, networks_changes(), all);
  add_below(&A::global_buffer,
            changes_of(&B::banks, &B::bank_words, &B::weight_prefetch_words, &B::last_sum, &B::loads,
                       &B::ifmap_bypasses, &B::psum_bypasses, &B::padding),
            all);
  add_below(&A::dram, changes_of(&DramSpec::words_per_kilocycle, &DramSpec::latency_cycles), all);
  return all;
}

/// Each change by itself gives a key that no other has.
template <typename T>
void expect_all_in_key(const T& object, const std::vector<Change<T>>& changes) {
  std::set<Key> keys = {key_of(object)};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    T changed = object;
    changes[i](changed);
    EXPECT_TRUE(keys.insert(key_of(changed)).second) << "change " << i;
  }
}

TEST(SweepKeys, EachMemberOfALayerIsInTheKey) {
  expect_all_in_key(Layer{}, layer_changes());
  Layer named;
  named.name = "other";
  EXPECT_EQ(key_of(named), key_of(Layer{}));
}

TEST(SweepKeys, EachMemberOfAnAcceleratorIsInTheKey) {
  expect_all_in_key(Accelerator{}, accelerator_changes());
  Accelerator named;
  named.name = named.energy = "other";
  EXPECT_EQ(key_of(named), key_of(Accelerator{}));
}

TEST(SweepKeys, EachMemberOfARequestIsInTheKey) {
  using R = Request;
  expect_all_in_key(R{}, changes_of(&R::objective, &R::overlap, &R::fidelity, &R::data));
}

TEST(SweepKeys, EachPriceIsInTheKey) {
  energy::EnergyTable table;
  std::set<Key> keys = {key_of(table)};
  for (std::size_t i = 0; i < stats::kComponents * kTensors * stats::kActions; ++i) {
    energy::EnergyTable changed;
    changed.set_price(static_cast<stats::Component>(i / stats::kActions / kTensors),
                      static_cast<Tensor>(i / stats::kActions % kTensors),
                      static_cast<stats::Action>(i % stats::kActions), 1);
    EXPECT_TRUE(keys.insert(key_of(changed)).second) << i;
  }
  table.unit = "pJ";
  EXPECT_TRUE(keys.insert(key_of(table)).second);
}

/// The point of a file's only sweep.
DesignPoint point_of(const std::string& more) {
  const std::string text = "sweep: s\nbase:\n  accelerator: " + kRoot +
                           "/configs/eyeriss.yaml\n  workload: " + kRoot +
                           "/workloads/alexnet.yaml\n  layers: [conv5]\n  dataflow: row-stationary\n" + more;
  return make_points(read_sweep(config::Node::parse(text, "s.yaml"))).points.at(0);
}

const std::vector<std::string> kOfNoSearch = {
    "clock_mhz: 7",           "pe.zero_gating: false", "dram.words_per_cycle: 3",
    "dram.latency_cycles: 3", "word_bits: 32",         "vector_unit.operations_per_cycle: 3"};

std::string with(const std::string& setting, const std::string& choice = "objective: latency") {
  return "  " + choice + "\n  set: {" + setting + "}\n";
}

TEST(SweepSearches, PointsShareThoseThatDependOnNothingNew) {
  const LayerSearch base(point_of(with("clock_mhz: 200")), 0);
  for (const std::string& setting : kOfNoSearch)
    EXPECT_EQ(LayerSearch(point_of(with(setting)), 0).key(), base.key()) << setting;
  EXPECT_EQ(
      LayerSearch(point_of(with("clock_mhz: 200", "objective: latency\n  fidelity: simulate\n  data: on")), 0)
          .key(),
      base.key());
  std::set<Key> keys = {base.key()};
  for (const char* setting :
       {"pe.psum_rf.words: 25", "pe_array.rows: 13", "global_buffer.banks: 26",
        "networks.ifmap.words_per_cycle: 5", "energy: sized-45nm", "pe.input_fifo_words: 9"})
    EXPECT_TRUE(keys.insert(LayerSearch(point_of(with(setting)), 0).key()).second) << setting;
  for (const char* choice :
       {"objective: edp", "objective: latency\n  batch: 2", "objective: latency\n  overlap: total"})
    EXPECT_TRUE(keys.insert(LayerSearch(point_of(with("clock_mhz: 200", choice)), 0).key()).second) << choice;
}

TEST(SweepSearches, WithDramInTheTimeItsWidthCounts) {
  const auto key = [](const std::string& setting) {
    return LayerSearch(point_of(with(setting, "overlap: total")), 0).key();
  };
  EXPECT_EQ(key("clock_mhz: 7"), key("clock_mhz: 200"));
  EXPECT_NE(key("dram.words_per_cycle: 3"), key("clock_mhz: 200"));
  EXPECT_NE(key("dram.latency_cycles: 3"), key("clock_mhz: 200"));
}

// What the shared search finds is what each point's own, with all that the machine has, would find.
TEST(SweepSearches, FindWhatTheMapperFinds) {
  for (const std::string& setting : kOfNoSearch) {
    const DesignPoint point = point_of(with(setting));
    MapperRequest request;
    request.objective = point.request.objective;
    request.overlap = point.request.overlap;
    const auto own = find_mappings(point.workload->value.layers[0], point.accelerator, point.energy->value,
                                   point.dataflow->value, request);
    EXPECT_EQ(mapping_json(LayerSearch(point, 0).run().mapping.value()),
              mapping_json(own.best.front().mapping))
        << setting;
  }
}

TEST(SweepSearches, WhatIsKnownIsTakenInTheirPlace) {
  const DesignPoint point = point_of("  set: {pe.zero_gating: false}\n  fidelity: closed_form\n");
  const LayerOutcome own = evaluate_layer(point, 0);
  ASSERT_EQ(own.failure, Failure::none) << own.message;
  const LayerOutcome told = evaluate_layer(point, 0, known_from(own));
  EXPECT_EQ(told.mapping, own.mapping);
  EXPECT_EQ(told.stats, own.stats);
  // Another mapping, to see that it is used.
  LayerOutcome other = own;
  other.mapping =
      R"({"dram":["M=256","C=192"],"global_buffer":["P=13","Q=13"],"pe_rows":["R=3"],"pe_columns":[],)"
      R"("pe":["S=3"]})";
  const LayerOutcome used = evaluate_layer(point, 0, known_from(other));
  EXPECT_EQ(used.mapping, other.mapping);
  EXPECT_NE(used.stats.cycles, own.stats.cycles);
  const DesignPoint small = point_of(with("pe.weight_rf.words: 1"));
  const LayerOutcome refused = evaluate_layer(small, 0);
  EXPECT_EQ(refused.failure, Failure::refused);
  EXPECT_EQ(evaluate_layer(small, 0, known_from(refused)).message, refused.message);
  EXPECT_EQ(
      refused.message,
      "cannot be mapped: weight tile in weight_rf: 3 needed for the smallest tile, 1 there: 2 too many");
}

TEST(SweepSearches, AMappingIsTheSameBehindItsText) {
  Mapping mapping;
  mapping.at(Level::dram) = {{Dimension::N, 4}, {Dimension::M, 3}};
  mapping.at(Level::pe) = {{Dimension::S, 11}};
  for (const bool keeps : {false, true}) {
    mapping.weights_in_global_buffer = keeps;
    const Mapping back = mapping_of(mapping_json(mapping));
    EXPECT_EQ(back.loops, mapping.loops);
    EXPECT_EQ(back.weights_in_global_buffer, keeps);
  }
  for (const char* bad : {"M", "M=", "M=x", "M=1x", "X=1", "=1"})
    EXPECT_ANY_THROW(mapping_of(R"({"dram":[")" + std::string(bad) +
                                R"("],"global_buffer":[],"pe_rows":[],"pe_columns":[],"pe":[]})"))
        << bad;
}

}  // namespace
}  // namespace weir::sweep
