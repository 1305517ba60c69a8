#include "mapper/steps.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "mapper/mapper.h"
#include "mapping/check.h"
#include "support/errors.h"
#include "support/one_layer.h"
#include "support/shipped.h"
#include "sweep/evaluate.h"
#include "workload/workload.h"

namespace weir {
namespace {

using enum Dimension;
using stats::Action;
using stats::Component;
using test::error_of;
using test::one_layer;
using test::shipped;

Workload read_steps_of(const std::string& layers) {
  return read_workload(config::Node::parse("workload: w\nlayers:\n" + layers, "w.yaml"), 1);
}

const std::string kState = "{name: s, kind: fc, input: [16, 1, 1], output_channels: 64, steps: 9}";

TEST(Steps, AreImagesOfTheirOwn) {
  const Layer state =
      one_layer("{name: s, kind: fc, input: [16, 1, 1], output_channels: 64, batch: 2, steps: 9}", 3);
  EXPECT_EQ(state.bounds, (Extents{{1, 54, 64, 16, 1, 1, 1, 1}}));
  EXPECT_EQ(state.steps, 9);
  EXPECT_EQ(one_layer("{name: m, kind: matmul, rows: 3, inner: 4, columns: 5, batch: 2, steps: 9}").bounds[G],
            18);
  EXPECT_EQ(
      one_layer("{name: a, kind: activation, inputs: [[7]], output: [7], steps: 9}").vector_work.words_in,
      63);
  EXPECT_EQ(one_layer("{name: c, kind: conv, input: [4, 5, 5], output_channels: 3, filter: [3, 3], steps: 9}")
                .macs(),
            9 * 9 * 3 * 4 * 9);
}

TEST(Steps, OfARecurrentLayerAreItsInputsAndItsStates) {
  const Workload lstm = read_steps_of(
      "- {name: a, kind: lstm, steps: 9, input: 12, hidden: 16}\n"
      "- {name: y, kind: fc, input: [16, 1, 1], rows: 9, output_channels: 5}\n");
  ASSERT_EQ(lstm.layers.size(), 4);
  std::int64_t macs = 0;
  for (const Layer& layer : lstm.layers) macs += layer.macs();
  EXPECT_EQ(macs, 9 * 4 * 16 * (12 + 16) + 9 * 16 * 5);
  EXPECT_EQ(lstm.layers[0].name, "a.input");
  EXPECT_EQ(lstm.layers[0].bounds, (Extents{{1, 1, 64, 12, 9, 1, 1, 1}}));
  EXPECT_EQ(lstm.layers[1].name, "a.state");
  EXPECT_EQ(lstm.layers[1].bounds, (Extents{{1, 9, 64, 16, 1, 1, 1, 1}}));
  EXPECT_EQ(lstm.layers[1].steps, 9);
  // 4 gates of two products and a cell in, a cell and a hidden state out, for each of 16 words and 9 steps.
  EXPECT_EQ(lstm.layers[2].vector_work.words_in, 9 * 9 * 16);
  EXPECT_EQ(lstm.layers[2].vector_work.words_out, 9 * 2 * 16);
  EXPECT_EQ(lstm.layers[2].vector_work.operations, 9 * 13 * 16);
}

TEST(Steps, OfBothDirectionsShareTheInput) {
  for (const auto& [kind, gates] : {std::pair("lstm", 4), std::pair("gru", 3), std::pair("rnn", 1)}) {
    const Workload both = read_steps_of(std::string("- {name: a, kind: ") + kind +
                                        ", steps: 9, input: 12, hidden: 16, directions: 2, batch: 3}\n");
    ASSERT_EQ(both.layers.size(), 5);
    EXPECT_EQ(both.layers[0].bounds[M], 2 * gates * 16);
    EXPECT_EQ(both.layers[3].name, "a.backward.state");
    std::int64_t macs = 0;
    for (const Layer& layer : both.layers) macs += layer.macs();
    EXPECT_EQ(macs, 9 * 3 * 2 * gates * 16 * (12 + 16)) << kind;
  }
}

TEST(Steps, RefusesWhatIsNoRecurrentLayer) {
  const auto error = [](const std::string& layer) { return error_of([&] { one_layer(layer); }); };
  EXPECT_EQ(error("{name: a, kind: lstm, input: 12, hidden: 16}"),
            "w.yaml:3:5: error: missing key \"steps\" (in layers[0])");
  EXPECT_NE(
      error("{name: a, kind: gru, steps: 2, input: 12, hidden: 16, directions: 3}").find("allowed is 1 to 2"),
      std::string::npos);
  EXPECT_NE(error("{name: " + std::string(49, 'a') + ", kind: rnn, steps: 2, input: 1, hidden: 1}")
                .find("up to 48"),
            std::string::npos);
  EXPECT_NE(error("{name: a, kind: rnn, steps: 16777216, input: 1, hidden: 16777216, batch: 16777216}")
                .find("2^60"),
            std::string::npos);
}

TEST(Steps, BoundsInsideAreTheDivisors) {
  for (std::int64_t left = 1; left < 200; ++left) {
    std::vector<std::int64_t> divisors;
    for (std::int64_t bound = 1; bound <= left; ++bound) {
      if (left % bound == 0) divisors.push_back(bound);
    }
    ASSERT_EQ(bounds_in_a_step(left), divisors);
  }
}

class StepsOnAMachine : public ::testing::TestWithParam<std::pair<const char*, const char*>> {
 protected:
  Accelerator accelerator_ = read_accelerator(shipped(std::string("configs/") + GetParam().first + ".yaml"));
  energy::EnergyTable table_ =
      energy::read_energy_table(shipped("configs/energy/" + accelerator_.energy + ".yaml"), accelerator_);
  Dataflow dataflow_ =
      read_dataflow(shipped(std::string("dataflows/") + GetParam().second + "/dataflow.yaml"));

  Mapping best(const Layer& layer) const {
    return find_mappings(layer, accelerator_, table_, dataflow_, {}).best.at(0).mapping;
  }
  std::int64_t weights_read(const Layer& layer) const {
    return evaluate::estimate({layer, best(layer), Overlap::processing}, accelerator_)
        .counts.get(Component::dram, Tensor::weight, Action::read);
  }
};

TEST_P(StepsOnAMachine, RunOneAfterTheOther) {
  const Layer state = one_layer(kState);
  const Mapping mapping = best(state);
  const auto& dram = mapping.at(Level::dram);
  ASSERT_FALSE(dram.empty());
  EXPECT_EQ(dram.front(), (Loop{accelerator_.systolic() ? P : N, 9}));
  EXPECT_EQ(error_of([&] { check_mapping(mapping, state, accelerator_); }), "no error");
  // The same layer without that order takes the mapping, too; in an order of its own the steps refuse it.
  Mapping turned = mapping;
  turned.at(Level::dram).erase(turned.at(Level::dram).begin());
  turned.at(Level::global_buffer).insert(turned.at(Level::global_buffer).begin(), dram.front());
  EXPECT_NE(
      error_of([&] { check_mapping(turned, state, accelerator_); }).find("outermost loop at dram must be"),
      std::string::npos);
}

TEST_P(StepsOnAMachine, FetchWeightsOnceWhereTheyFit) {
  // Without a buffer for them, and with a word of them in each of 256 PEs, 64 x 16 fit nowhere.
  const bool fit = accelerator_.name != "isca2016-ws-256";
  EXPECT_EQ(weights_read(one_layer(kState)), (fit ? 1 : 9) * 64 * 16);
}

/// All of a step's positions, and none of the next one's, inside the loop over the steps.
TEST_P(StepsOnAMachine, AreNeverMixed) {
  std::mt19937_64 engine(5);
  const auto between = [&](std::uint64_t least, std::uint64_t most) {
    return static_cast<std::int64_t>(least + engine() % (most - least + 1));
  };
  int mapped = 0;
  for (int i = 0; i < 60; ++i) {
    const std::int64_t batch = between(2, 13), steps = between(2, 6);
    const bool is_fc = between(1, 3) > 1;
    const std::string shape =
        is_fc ? fmt::format("kind: fc, input: [{}, 1, 1]", between(1, 70))
              : fmt::format("kind: conv, input: [{}, {}, {}], filter: [{}, {}]", between(1, 9), between(3, 7),
                            between(3, 7), between(1, 3), between(1, 3));
    const std::string line = fmt::format("{{name: s, {}, output_channels: {}, batch: {}, steps: {}}}", shape,
                                         between(1, 70), batch, steps);
    SCOPED_TRACE(line);
    const Layer layer = one_layer(line);
    MapperRequest request;
    request.search.top = 4;
    std::vector<RankedMapping> found;
    try {
      found = find_mappings(layer, accelerator_, table_, dataflow_, request).best;
    } catch (const NoMapping&) {
      continue;  // as the images of a step share the buffer
    }
    ++mapped;
    const Dimension d = accelerator_.systolic() ? P : N;
    const std::int64_t share =
        accelerator_.systolic() ? batch * layer.bounds[P] * layer.bounds[Q] : layer.bounds[N] / steps;
    for (const RankedMapping& each : found) {
      std::int64_t covered = 1;
      for (const auto& level : each.mapping.loops) {
        for (const Loop& loop : level) covered *= loop.dimension == d ? loop.bound : 1;
      }
      ASSERT_EQ(covered, steps * share);
      ASSERT_EQ(each.mapping.at(Level::dram).front(), (Loop{d, steps}));
      ASSERT_EQ(error_of([&] { check_mapping(each.mapping, layer, accelerator_); }), "no error");
    }
  }
  EXPECT_GT(mapped, 40);
}

INSTANTIATE_TEST_SUITE_P(Shipped, StepsOnAMachine,
                         ::testing::Values(std::pair("eyeriss", "row-stationary"),
                                           std::pair("isca2016-ws-256", "weight-stationary-isca2016"),
                                           std::pair("isca2016-osb-256", "output-stationary-b"),
                                           std::pair("systolic-32x32", "output-stationary"),
                                           std::pair("systolic-32x32", "input-stationary"),
                                           std::pair("systolic-32x32", "weight-stationary")));

/// Five positions a step, of which no two parts are alike: a step's stream has all, or its rows have one.
TEST(StepsOnASystolicArray, AreNotMixedWhereABatchHasNoDivisor) {
  const Layer layer =
      one_layer("{name: s, kind: fc, input: [16, 1, 1], output_channels: 64, batch: 5, steps: 3}");
  Accelerator systolic = read_accelerator(shipped("configs/systolic-32x32.yaml"));
  const auto table =
      energy::read_energy_table(shipped("configs/energy/" + systolic.energy + ".yaml"), systolic);
  const auto best = [&](const std::string& dataflow) {
    return find_mappings(layer, systolic, table,
                         read_dataflow(shipped("dataflows/" + dataflow + "/dataflow.yaml")), {})
        .best.at(0)
        .mapping;
  };
  Mapping streams = best("weight-stationary");
  EXPECT_EQ(streams.at(Level::dram).front(), (Loop{P, 3}));
  EXPECT_EQ(streams.at(Level::pe), (std::vector<Loop>{{P, 5}}));
  EXPECT_EQ(best("output-stationary").at(Level::pe_rows), (std::vector<Loop>{{P, 5}}));
  systolic.rows = 4;
  const Mapping narrow = best("output-stationary");
  EXPECT_EQ(narrow.at(Level::pe_rows), std::vector<Loop>{});
  EXPECT_EQ(error_of([&] { check_mapping(narrow, layer, systolic); }), "no error");
  streams.at(Level::pe) = {{P, 3}};
  streams.at(Level::global_buffer).insert(streams.at(Level::global_buffer).begin(), {P, 2});
  EXPECT_NE(error_of([&] {
              check_mapping(streams, layer, systolic);
            }).find("the loops over P inside P=3 cover 6, allowed is exactly 5, a step's share"),
            std::string::npos);
}

TEST(StepsOnEyeriss, FetchWeightsAgainThatDoNotFit) {
  const Accelerator eyeriss = read_accelerator(shipped("configs/eyeriss.yaml"));
  const auto table =
      energy::read_energy_table(shipped("configs/energy/" + eyeriss.energy + ".yaml"), eyeriss);
  const Layer large = one_layer("{name: s, kind: fc, input: [512, 1, 1], output_channels: 128, steps: 3}");
  const Mapping best = find_mappings(large, eyeriss, table,
                                     read_dataflow(shipped("dataflows/row-stationary/dataflow.yaml")), {})
                           .best.at(0)
                           .mapping;
  const auto counts = evaluate::estimate({large, best, Overlap::processing}, eyeriss).counts;
  EXPECT_EQ(counts.get(Component::dram, Tensor::weight, Action::read), 3 * 512 * 128);
}

TEST(Missing, IsReadAndSaid) {
  const Workload workload = read_workload(
      config::Node::parse("workload: w\nmissing: {nodes: 5, mac_nodes: 2, of_mac_nodes: 7, known_macs: 30, "
                          "causes: [because]}\n"
                          "layers:\n- {name: a, kind: fc, input: [10, 1, 1], output_channels: 9}\n",
                          "w.yaml"),
      1);
  EXPECT_EQ(workload.missing.causes, std::vector<std::string>{"because"});
  EXPECT_EQ(missing_text(workload),
            "2 of the model's 7 nodes with MACs are not in this workload: 25.0 % of the MACs that are known");
  // The share does not depend on the batch: what is missing has it, too.
  const auto of_batch = [](std::int64_t batch, const std::string& known) {
    return read_workload(
        config::Node::parse("workload: w\nmissing: {nodes: 1, mac_nodes: 1, of_mac_nodes: 2, "
                            "known_macs: " +
                                known +
                                ", causes: []}\n"
                                "layers:\n- {name: a, kind: fc, input: [10, 1, 1], "
                                "output_channels: 9}\n",
                            "w.yaml"),
        batch);
  };
  EXPECT_EQ(missing_text(of_batch(64, "30")), missing_text(of_batch(1, "30")));
  EXPECT_EQ(of_batch(64, "30").missing.known_macs, 64 * 30);
  EXPECT_GT(of_batch(65536, "1152921504606846976").missing.known_macs, 0);
  EXPECT_EQ(missing_text(read_steps_of("- {name: a, kind: fc, input: [10, 1, 1], output_channels: 9}\n")),
            "");
}

}  // namespace
}  // namespace weir
