// The machine drawn with ports against the simulator: every cycle, count, state and output equal.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "ports/ports_simulator.h"
#include "support/one_layer.h"
#include "support/one_pe.h"
#include "support/program.h"
#include "support/random_case.h"
#include "support/random_product.h"
#include "systemc/simulator.h"

namespace weir {
namespace {

using stats::Action;
using stats::Component;
using stats::Link;
using stats::PeState;

void expect_equal(const stats::LayerStats& ports, const stats::LayerStats& simulated) {
  EXPECT_EQ(ports.cycles, simulated.cycles);
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    for (std::size_t d = 0; d < kTensors; ++d) {
      for (std::size_t a = 0; a < stats::kActions; ++a) {
        const auto of = [&](const stats::LayerStats& s) {
          return s.counts.get(static_cast<Component>(c), static_cast<Tensor>(d), static_cast<Action>(a));
        };
        EXPECT_EQ(of(ports), of(simulated))
            << stats::kComponentNames[c] << " " << kTensorNames[d] << " " << stats::kActionNames[a];
      }
    }
  }
  for (std::size_t i = 0; i < stats::kPeStates; ++i)
    EXPECT_EQ(ports.pe_cycles.values[i], simulated.pe_cycles.values[i]) << stats::kPeStateNames[i];
  for (std::size_t i = 0; i < stats::kLinks; ++i) {
    EXPECT_EQ(ports.links[i].busy, simulated.links[i].busy) << stats::kLinkNames[i] << " busy";
    EXPECT_EQ(ports.links[i].blocked, simulated.links[i].blocked) << stats::kLinkNames[i] << " blocked";
    EXPECT_EQ(ports.links[i].idle, simulated.links[i].idle) << stats::kLinkNames[i] << " idle";
  }
  EXPECT_EQ(ports, simulated);
}

using Outputs = std::vector<std::uint32_t>;
std::function<void(const LayerData&, const Outputs&)> into(Outputs& outputs) {
  return [&outputs](const LayerData&, const Outputs& written) { outputs = written; };
}

/// Compares cases, all of whose machines are made before the first runs: SystemC elaborates once a process.
void compare(const std::vector<test::RandomCase>& cases) {
  std::vector<std::unique_ptr<systemc::Simulator>> simulators;
  std::vector<std::unique_ptr<ports::PortsSimulator>> chips;
  for (const test::RandomCase& drawn : cases) {
    simulators.push_back(std::make_unique<systemc::Simulator>(drawn.accelerator));
    chips.push_back(std::make_unique<ports::PortsSimulator>(drawn.accelerator));
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const test::RandomCase& drawn = cases[i];
    SCOPED_TRACE("case " + std::to_string(i) + ": " + test::describe(drawn));
    Outputs outputs, of_ports;
    const auto simulated = simulators[i]->run(
        {drawn.layer, drawn.mapping, drawn.overlap, true, test::kDataSeed, {}, into(outputs)});
    try {
      expect_equal(chips[i]->run(drawn.layer, drawn.mapping,
                                 {drawn.overlap, true, test::kDataSeed, {}, into(of_ports)}),
                   simulated);
    } catch (const std::exception& error) {
      FAIL() << error.what();
    }
    EXPECT_EQ(of_ports, outputs);
    if (testing::Test::HasFailure()) return;
  }
}

class PortsEqualSimulation : public testing::TestWithParam<std::uint64_t> {
 protected:
  template <typename Draw>
  static std::vector<test::RandomCase> draw(std::uint64_t first_seed, Draw draw_one) {
    const std::uint64_t count = test::random_cases(50);
    std::vector<test::RandomCase> cases;
    for (std::uint64_t i = 0; i < count; ++i) cases.push_back(draw_one(first_seed + GetParam() * count + i));
    return cases;
  }
};

TEST_P(PortsEqualSimulation, OfMulticastArrays) {
  compare(draw(2'000'000, [](std::uint64_t seed) { return test::draw_case(seed); }));
}

TEST_P(PortsEqualSimulation, OfSystolicArrays) { compare(draw(3'000'000, test::draw_systolic_case)); }

INSTANTIATE_TEST_SUITE_P(Random, PortsEqualSimulation, testing::Range<std::uint64_t>(0, 6));

TEST(Ports, EqualSimulationOfMemoryBoundLayers) {
  test::RandomCase drawn = test::draw_case(1);
  std::vector<test::RandomCase> cases;
  for (const Overlap overlap : {Overlap::processing, Overlap::total}) {
    for (const std::int64_t operations : {1, 3, 100}) {
      for (const auto* line : {
               "{name: a, kind: pool, inputs: [[3, 7, 7]], output: [3, 3, 3], operation: max, filter: [3, "
               "3], "
               "stride: 2, operations_per_output: 9}",
               "{name: a, kind: elementwise, inputs: [[3, 7, 5], [3, 1, 1]], output: [3, 7, 5], operation: "
               "add, "
               "operations_per_output: 1, then: relu}",
               "{name: a, kind: concat, inputs: [[3, 7], [2, 7]], output: [5, 7], axis: 0}",
               "{name: a, kind: softmax, inputs: [[50]], output: [50], operations_per_output: 5}",
           }) {
        cases.push_back(drawn);
        cases.back().layer = test::one_layer(line, 2);
        cases.back().mapping = {};
        cases.back().overlap = overlap;
        cases.back().accelerator.vector_operations_per_cycle = operations;
        cases.back().accelerator.dram.latency_cycles = 7;
      }
    }
  }
  compare(cases);
}

/// One PE, one output of three taps, a word a cycle on each link. Weights and pixels are sent in cycles 0 to
/// 2 and used from 3 on; MACs in 3 to 5; the initial psum was there at 1, and is added to in 6; the output is
/// sent in 7, so that the layer takes 8 cycles.
TEST(Ports, CountByHand) {
  Layer layer;
  layer.name = "three-taps";
  layer.bounds.values = {1, 1, 1, 1, 1, 1, 1, 3};
  layer.input = {1, 3};
  Mapping mapping;
  mapping.at(Level::pe) = {{Dimension::S, 3}};
  ports::PortsSimulator chip(test::one_pe({.ifmap_rf_words = 3, .weight_rf_words = 3, .psum_rf_words = 1},
                                          {.banks = 2, .bank_words = 8, .weight_prefetch_words = 3}));
  const stats::LayerStats stats = chip.run(layer, mapping, {});
  EXPECT_EQ(stats.cycles, 8);
  EXPECT_EQ(stats.pe_cycles[PeState::wait_weight], 3);
  EXPECT_EQ(stats.pe_cycles[PeState::mac], 3);
  EXPECT_EQ(stats.pe_cycles[PeState::psum_accumulate], 1);
  EXPECT_EQ(stats.pe_cycles[PeState::fill_drain], 1);
  EXPECT_EQ(stats.links[static_cast<std::size_t>(Link::weight)], (stats::LinkCycles{3, 0, 5}));
  EXPECT_EQ(stats.links[static_cast<std::size_t>(Link::psum_in)], (stats::LinkCycles{1, 0, 7}));
  EXPECT_EQ(stats.links[static_cast<std::size_t>(Link::psum_out)], (stats::LinkCycles{1, 7, 0}));
  EXPECT_EQ(stats.counts.get(Component::register_file, Tensor::psum, Action::write), 3);
  EXPECT_EQ(stats.counts.get(Component::register_file, Tensor::psum, Action::read), 3);
  EXPECT_EQ(stats.counts.get(Component::dram, Tensor::weight, Action::read), 3);
  EXPECT_EQ(stats.verification, stats::Verification::passed);
}

TEST(Ports, FindWrongWords) {
  const test::RandomCase drawn = test::draw_case(5);
  ports::PortsSimulator chip(drawn.accelerator);
  const auto stats =
      chip.run(drawn.layer, drawn.mapping,
               {.overlap = drawn.overlap, .tamper = [](LayerData& data) { ++data.weights.front(); }});
  EXPECT_GT(stats.wrong_outputs, 0);
  EXPECT_EQ(stats.verification, stats::Verification::failed);
}

TEST(Ports, RunLayersOneAfterTheOther) {
  test::RandomCase drawn = test::draw_case(12);
  ports::PortsSimulator chip(drawn.accelerator);
  const ports::RunOptions options{.overlap = drawn.overlap};
  const auto first = chip.run(drawn.layer, drawn.mapping, options);
  EXPECT_EQ(chip.run(drawn.layer, drawn.mapping, options), first);
}

/// What a waveform says of a signal: its values from the beginning on, one for each change.
std::vector<std::string> values_of(const std::string& vcd, const std::string& signal) {
  std::string code, scope;
  std::vector<std::string> values;
  std::istringstream lines(vcd);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, second, width, id, name;
    words >> first >> second;
    if (first == "$scope") {
      words >> name;
      scope += name + ".";
    } else if (first == "$upscope") {
      scope.erase(scope.rfind('.', scope.size() - 2) + 1);
    } else if (first == "$var") {
      words >> width >> id >> name;
      if ("SystemC." + signal == scope + name) code = id;
    } else if (!code.empty() && second == code && first.starts_with("b")) {
      values.push_back(first.substr(1));
    } else if (!code.empty() && second.empty() && first == "0" + code) {
      values.emplace_back("0");
    } else if (!code.empty() && second.empty() && first == "1" + code) {
      values.emplace_back("1");
    }
  }
  EXPECT_NE(code, "") << signal << " is no signal";
  return values;
}

TEST(Ports, WriteWaveforms) {
  const test::TemporaryFolder folder;
  const std::string file = (folder.path() / "waves.vcd").string();
  Layer layer;
  layer.name = "three-taps";
  layer.bounds.values = {1, 1, 1, 1, 1, 1, 1, 3};
  layer.input = {1, 3};
  Mapping mapping;
  mapping.at(Level::pe) = {{Dimension::S, 3}};
  {
    ports::PortsSimulator chip(test::one_pe({.ifmap_rf_words = 3, .weight_rf_words = 3, .psum_rf_words = 1},
                                            {.banks = 2, .bank_words = 8, .weight_prefetch_words = 3}),
                               file);
    chip.run(layer, mapping, {});
  }
  const std::string vcd = test::read_file(file);
  EXPECT_EQ(values_of(vcd, "chip.weight_network.busy"), (std::vector<std::string>{"0", "1", "0"}));
  EXPECT_EQ(values_of(vcd, "chip.psum_out_network.busy"), (std::vector<std::string>{"0", "1"}));
  for (const auto* signal : {"chip.ifmap_network.busy", "chip.psum_in_network.busy", "chip.dram.busy",
                             "chip.pe_0_0.state", "chip.pe_0_0.ifmap_words", "chip.pe_0_0.psum_words",
                             "chip.global_buffer.ifmap_words", "chip.global_buffer.prefetched_words"})
    EXPECT_FALSE(values_of(vcd, signal).empty()) << signal;
}

}  // namespace
}  // namespace weir
