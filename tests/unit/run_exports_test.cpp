// What the exports of a run say, each against counts, prices and cycles that are all different.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <span>

#include "report/by_kind.h"
#include "report/table.h"
#include "report/writers.h"
#include "support/prime_run.h"
#include "support/rows.h"

namespace weir::report {
namespace {

using nlohmann::json;
using stats::Component;
using stats::PeState;
using test::rounding_of;
using test::words_of_row;

/// Energy of some layers at some components, each access at its price.
double energy_at(const RunResult& run, std::span<const LayerResult> layers,
                 const std::set<Component>& where) {
  double sum = 0;
  for (const auto& layer : layers) {
    layer.stats.counts.for_each([&](auto component, auto data, auto action, std::int64_t count) {
      if (where.contains(component))
        sum += static_cast<double>(count) * run.energy.price(component, data, action);
    });
  }
  return sum;
}

const std::set<Component> kAll = {Component::dram,      Component::global_buffer, Component::network,
                                  Component::neighbour, Component::register_file, Component::mac};

double cycles_in(std::span<const LayerResult> layers, const std::set<PeState>& states) {
  double sum = 0;
  for (const auto& layer : layers) {
    for (const PeState state : states) sum += static_cast<double>(layer.stats.pe_cycles[state]);
  }
  return sum;
}

/// A printed number is `exact`, rounded as its digits say.
void expect_printed(const std::string& printed, double exact, const std::string& what) {
  EXPECT_NEAR(std::stod(printed), exact, rounding_of(printed)) << what;
}

class RunExports : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& layer : run_.layers) pe_cycles_ += layer.stats.cycles * run_.accelerator.pes();
  }
  std::span<const LayerResult> layer(std::size_t i) const { return std::span(run_.layers).subspan(i, 1); }

  const RunResult run_ = test::prime_run();
  std::int64_t pe_cycles_ = 0;
};

TEST_F(RunExports, CsvOfLayers) {
  const auto rows = test::csv_rows(layers_csv(run_));
  ASSERT_EQ(rows.size(), run_.layers.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [layer, mapping, stats] = run_.layers[i];
    const auto accesses = [&](Component c) { return std::to_string(stats.counts.accesses(c)); };
    EXPECT_EQ(rows[i].at("layer"), layer.name);
    EXPECT_EQ(rows[i].at("macs"), std::to_string(stats.macs));
    EXPECT_EQ(rows[i].at("cycles"), std::to_string(stats.cycles));
    EXPECT_EQ(rows[i].at("active_pes"), std::to_string(stats.active_pes));
    EXPECT_EQ(rows[i].at("dram_words"), accesses(Component::dram));
    EXPECT_EQ(rows[i].at("global_buffer_words"), accesses(Component::global_buffer));
    EXPECT_DOUBLE_EQ(std::stod(rows[i].at("energy")), energy_at(run_, this->layer(i), kAll));
  }
}

TEST_F(RunExports, CsvOfAccessesAddsUpToThatOfLayers) {
  std::map<std::string, double> energies;
  std::map<std::string, std::set<std::string>> counts;
  for (const auto& row : test::csv_rows(accesses_csv(run_))) {
    energies[row.at("layer")] += std::stod(row.at("energy"));
    EXPECT_TRUE(counts[row.at("layer")].insert(row.at("count")).second) << "counts differ in the fixture";
  }
  const auto rows = test::csv_rows(layers_csv(run_));
  EXPECT_EQ(energies.size(), rows.size());
  for (const auto& row : rows)
    EXPECT_NEAR(energies[row.at("layer")], std::stod(row.at("energy")), 1e-9 * energies[row.at("layer")]);
}

TEST_F(RunExports, JsonHasEachEnergyStateAndLink) {
  const json stats = json::parse(stats_json(run_));
  const auto check = [&](const json& object, std::span<const LayerResult> layers, const std::string& what) {
    SCOPED_TRACE(what);
    std::int64_t cycles = 0;
    for (const auto& layer : layers) cycles += layer.stats.cycles;
    EXPECT_EQ(object["cycles"], cycles);
    EXPECT_DOUBLE_EQ(object["energy"].get<double>(), energy_at(run_, layers, kAll));
    double by_level = 0;
    if (object.contains("energy_by_level")) {
      for (std::size_t c = 0; c < stats::kComponents; ++c) {
        const double energy = object["energy_by_level"][std::string(stats::kComponentNames[c])];
        EXPECT_DOUBLE_EQ(energy, energy_at(run_, layers, {static_cast<Component>(c)}));
        by_level += energy;
      }
      EXPECT_DOUBLE_EQ(by_level, object["energy"].get<double>());
    }
    std::int64_t states = 0;
    for (std::size_t s = 0; s < stats::kPeStates; ++s) {
      const std::int64_t state = object["stalls"]["pe"][std::string(stats::kPeStateNames[s])];
      EXPECT_EQ(static_cast<double>(state), cycles_in(layers, {static_cast<PeState>(s)}))
          << stats::kPeStateNames[s];
      states += state;
    }
    EXPECT_EQ(states, cycles * run_.accelerator.pes());
    for (std::size_t l = 0; l < stats::kLinks; ++l) {
      stats::LinkCycles sum;
      for (const auto& layer : layers) {
        sum.busy += layer.stats.links[l].busy;
        sum.blocked += layer.stats.links[l].blocked;
        sum.idle += layer.stats.links[l].idle;
      }
      const json expected = {{"busy", sum.busy}, {"blocked", sum.blocked}, {"idle", sum.idle}};
      EXPECT_EQ(object["stalls"]["links"][std::string(stats::kLinkNames[l])], expected);
      EXPECT_EQ(sum.busy + sum.blocked + sum.idle, cycles);
    }
  };
  ASSERT_EQ(stats["layers"].size(), run_.layers.size());
  for (std::size_t i = 0; i < run_.layers.size(); ++i) {
    check(stats["layers"][i], layer(i), run_.layers[i].layer.name);
    double accesses = 0;
    for (const json& access : stats["layers"][i]["accesses"]) accesses += access["energy"].get<double>();
    EXPECT_NEAR(accesses, stats["layers"][i]["energy"].get<double>(), 1e-9 * accesses);
  }
  check(stats["totals"], run_.layers, "totals");
  ASSERT_EQ(stats["by_kind"].size(), 3U);
  std::map<std::string, json> kinds;
  for (const json& kind : stats["by_kind"]) kinds[kind["kind"]] = kind;
  check(kinds["conv 3x3"], std::span(run_.layers).first(2), "conv 3x3");
  check(kinds["depthwise 3x3"], layer(2), "depthwise 3x3");
  check(kinds["elementwise"], layer(3), "elementwise");
}

TEST_F(RunExports, SharesOfTheTableAddUp) {
  using enum Component;
  const std::string table = console_table(run_);
  const std::vector<std::set<Component>> shares = {
      {dram}, {global_buffer}, {network, neighbour}, {register_file}, {mac}};
  const auto check = [&](const std::string& name, std::span<const LayerResult> layers) {
    // name, MACs, cycles, time, active, util, energy, a bar, and the shares
    const auto words = words_of_row(table, name);
    ASSERT_GE(words.size(), 13U) << table;
    const double energy = energy_at(run_, layers, kAll);
    expect_printed(words[6], energy / 1e9, "energy of " + name);
    double sum = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      expect_printed(words[8 + i], 100 * energy_at(run_, layers, shares[i]) / energy,
                     fmt::format("share {} of {}", i, name));
      sum += std::stod(words[8 + i]);
    }
    EXPECT_NEAR(sum, 100, 0.05 * static_cast<double>(shares.size())) << name;
  };
  EXPECT_NE(table.find("[mJ]"), std::string::npos) << table;
  for (std::size_t i = 0; i < run_.layers.size(); ++i) check(run_.layers[i].layer.name, layer(i));
  check("total", run_.layers);
  const double energy = energy_at(run_, run_.layers, kAll);
  EXPECT_NE(
      table.find(fmt::format(
          "moving data costs {:.1f} % of the energy; psum accumulation and weight loading cost {:.1f} % of",
          100 - 100 * energy_at(run_, run_.layers, {mac}) / energy,
          100 * cycles_in(run_.layers, {PeState::psum_accumulate, PeState::wait_weight}) /
              static_cast<double>(pe_cycles_))),
      std::string::npos)
      << table;
}

TEST_F(RunExports, SharesByKindAddUp) {
  using enum PeState;
  const std::string table = by_kind_table(run_);
  // In the order of the heads.
  const std::vector<std::set<PeState>> columns = {{mac, gated_mac}, {psum_accumulate}, {wait_ifmap},
                                                  {wait_weight},    {wait_psum},       {wait_output_space},
                                                  {fill_drain},     {unmapped}};
  const auto check = [&](const std::string& name, std::span<const LayerResult> layers) {
    auto words = words_of_row(table, name, 1);  // the first is of energies and times
    std::erase(words, "|");
    ASSERT_EQ(words.size(), columns.size() + 1) << table;
    double all = 0, sum = 0;
    for (const auto& layer : layers) all += static_cast<double>(layer.stats.cycles * run_.accelerator.pes());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      expect_printed(words[1 + i], 100 * cycles_in(layers, columns[i]) / all,
                     fmt::format("{} of {}", i, name));
      sum += std::stod(words[1 + i]);
    }
    EXPECT_NEAR(sum, 100, 0.05 * static_cast<double>(columns.size())) << name;
  };
  check("conv 3x3", std::span(run_.layers).first(2));
  check("depthwise 3x3", layer(2));
  check("total", run_.layers);
}

TEST_F(RunExports, CostsByKindAddUp) {
  const std::string table = by_kind_table(run_);
  std::array<double, 3> sums{};  // of MACs, energy and time
  const double energy = energy_at(run_, run_.layers, kAll);
  const auto add = [&](const std::string& name, std::span<const LayerResult> layers) {
    // name, layers, MACs [%], energy, [%], time, [%], utilization
    const auto words = words_of_row(table, name);
    ASSERT_GE(words.size(), 8U) << table;
    EXPECT_EQ(words[1], std::to_string(layers.size()));
    expect_printed(words[4], 100 * energy_at(run_, layers, kAll) / energy, name);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += std::stod(words[2 + 2 * i]);
  };
  add("conv 3x3", std::span(run_.layers).first(2));
  add("depthwise 3x3", layer(2));
  add("elementwise", layer(3));
  for (const double sum : sums) EXPECT_NEAR(sum, 100, 0.15);
}

}  // namespace
}  // namespace weir::report
