// What the exports of a comparison say, each against counts and prices that are all different.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "report/side_by_side.h"
#include "support/prime_run.h"
#include "support/rows.h"

namespace weir::report {
namespace {

using nlohmann::json;
using stats::Component;
using test::rounding_of;

constexpr auto kLevels = stats::kComponentNames;
constexpr auto kTensors = kTensorNames;

/// Energies of a run's layer, or of all its layers, by their columns.
std::map<std::string, double> energies_of(const RunResult& run, const std::string& layer) {
  std::map<std::string, double> energies;
  for (const auto& name : kLevels) energies[fmt::format("energy_{}", name)] = 0;
  for (const auto& result : run.layers) {
    if (!layer.empty() && result.layer.name != layer) continue;
    result.stats.counts.for_each([&](auto component, auto data, auto action, std::int64_t count) {
      const double energy = static_cast<double>(count) * run.energy.price(component, data, action);
      energies["energy"] += energy;
      energies[fmt::format("energy_{}", kLevels[static_cast<std::size_t>(component)])] += energy;
      if (component != Component::mac)
        energies[fmt::format("energy_{}", kTensors[static_cast<std::size_t>(data)])] += energy;
    });
  }
  return energies;
}

class CompareExports : public testing::Test {
 protected:
  const RunResult& run_of(const std::string& accelerator) const {
    return comparison_.runs()[accelerator == "other-machine" ? 1 : 0];
  }

  const std::vector<std::string> layers_ = {"first", "second", "third", "sum"};
  const SideBySide comparison_{
      {test::prime_run("machine"), test::prime_run("other-machine")}, layers_, "energy"};
};

TEST_F(CompareExports, CsvHasEachLayerAndTheTotalOnce) {
  std::vector<std::string> rows, expected;
  for (const auto& row : test::csv_rows(side_by_side_csv(comparison_))) {
    EXPECT_FALSE(row.contains("surplus")) << row.at("surplus");
    rows.push_back(row.at("accelerator") + " " + row.at("scope") + " " + row.at("layer"));
  }
  for (const std::string accelerator : {"machine", "other-machine"}) {
    for (const auto& layer : layers_) expected.push_back(accelerator + " layer " + layer);
    expected.push_back(accelerator + " total ");
  }
  EXPECT_EQ(rows, expected);
}

TEST_F(CompareExports, CsvHasEnergiesThatAddUp) {
  for (const auto& row : test::csv_rows(side_by_side_csv(comparison_))) {
    SCOPED_TRACE(row.at("accelerator") + " " + row.at("layer"));
    const auto number = [&](const std::string& column) { return std::stod(row.at(column)); };
    const auto expected = energies_of(run_of(row.at("accelerator")), row.at("layer"));
    const auto first = energies_of(run_of("machine"), row.at("layer"));
    for (const auto& [column, energy] : expected) {
      EXPECT_NEAR(number(column), energy, 1e-9 * energy) << column;
      if (const auto relative = row.find("relative_" + column);
          relative != row.end() && first.at(column) > 0) {
        EXPECT_NEAR(std::stod(relative->second), energy / first.at(column), 1e-9) << column;
      }
    }
    double by_level = 0, by_tensor = number("energy_mac");
    for (const auto& level : kLevels) by_level += number(fmt::format("energy_{}", level));
    for (const auto& tensor : kTensors) by_tensor += number(fmt::format("energy_{}", tensor));
    EXPECT_NEAR(by_level, number("energy"), 1e-9 * by_level);
    EXPECT_NEAR(by_tensor, number("energy"), 1e-9 * by_level);
    EXPECT_NEAR(number("energy_delay_product"), number("energy") * number("milliseconds"), 1e-9 * by_level);
  }
}

TEST_F(CompareExports, JsonSaysWhatTheCsvSays) {
  const json comparison = json::parse(side_by_side_json(comparison_));
  std::map<std::string, json> objects;
  for (const json& pair : comparison["pairs"]) {
    const std::string accelerator = pair["accelerator"];
    for (const json& layer : pair["layers"])
      objects[accelerator + " " + layer["layer"].get<std::string>()] = layer;
    objects[accelerator + " "] = pair["totals"];
  }
  const auto rows = test::csv_rows(side_by_side_csv(comparison_));
  EXPECT_EQ(objects.size(), 10U);
  const std::set<std::string> words = {"accelerator", "dataflow", "scope",    "layer",
                                       "mapped",      "reason",   "bound_by", "verified"};
  for (const auto& row : rows) {
    const json& object = objects[row.at("accelerator") + " " + row.at("layer")];
    for (const auto& [column, text] : row) {
      if (words.contains(column)) continue;
      const bool is_relative = column.starts_with("relative_");
      const json& value = is_relative ? object["relative"][column.substr(9)] : object[column];
      EXPECT_EQ(text.empty(), value.is_null()) << column;
      if (!text.empty()) {
        EXPECT_DOUBLE_EQ(value.get<double>(), std::stod(text)) << column;
      }
    }
    for (const char* word : {"bound_by", "verified"}) {
      if (row.at("scope") == "layer") {
        EXPECT_EQ(object[word], row.at(word));
      }
    }
  }
}

TEST_F(CompareExports, TableHasEnergiesThatAddUp) {
  const std::string table = side_by_side_table(comparison_, true);
  // Behind the name: energy, DRAM, buffer, array, RF, MAC, a bar, and the same of the first run's.
  const std::vector<std::set<std::string>> columns = {{"energy"},
                                                      {"energy_dram"},
                                                      {"energy_global_buffer"},
                                                      {"energy_network", "energy_neighbour"},
                                                      {"energy_register_file"},
                                                      {"energy_mac"}};
  ASSERT_NE(table.find("[mJ]"), std::string::npos) << table;
  for (std::size_t i = 0; i <= layers_.size(); ++i) {
    const std::string layer = i < layers_.size() ? layers_[i] : "";
    for (const std::string accelerator : {"machine", "other-machine"}) {
      SCOPED_TRACE(accelerator + " " + layer);
      const auto words = test::words_of_row(table, accelerator, i);
      ASSERT_EQ(words.size(), 14U) << table;
      const auto sum_of = [&](const std::set<std::string>& parts, const std::string& of) {
        double sum = 0;
        for (const auto& part : parts) sum += energies_of(run_of(of), layer)[part];
        return sum;
      };
      double parts = 0;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        const double energy = sum_of(columns[c], accelerator), first = sum_of(columns[c], "machine");
        EXPECT_NEAR(std::stod(words[1 + c]), energy / 1e9, rounding_of(words[1 + c])) << c;
        if (c > 0) parts += std::stod(words[1 + c]);
        if (first == 0) {
          EXPECT_EQ(words[8 + c], "-");
        } else {
          EXPECT_NEAR(std::stod(words[8 + c]), energy / first, rounding_of(words[8 + c])) << c;
        }
      }
      EXPECT_NEAR(parts, std::stod(words[1]), 6 * rounding_of(words[1]));
    }
  }
}

}  // namespace
}  // namespace weir::report
