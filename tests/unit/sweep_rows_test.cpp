#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.h"
#include "support/sweep_spec.h"
#include "sweep/export.h"
#include "sweep/store.h"

namespace weir::sweep {
namespace {

using stats::Action;
using stats::Component;
using test::TemporaryFolder;

std::vector<DesignPoint> points_of(const SweepSpec& spec) { return make_points(spec).points; }

/// Numbers that no two sums of few of them share by chance.
std::int64_t next_prime() {
  static std::int64_t last = 100;
  const auto is_prime = [](std::int64_t n) {
    for (std::int64_t d = 2; d * d <= n; ++d) {
      if (n % d == 0) return false;
    }
    return true;
  };
  do {
    ++last;
  } while (!is_prime(last));
  return last;
}

/// A table in which each price is a prime of its own.
std::shared_ptr<const Resolved<energy::EnergyTable>> prime_prices() {
  energy::EnergyTable table;
  table.name = "primes";
  table.unit = std::string("pJ");  // GCC 12 at -O3 takes a literal's assignment for a read of what is not set
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    for (std::size_t d = 0; d < kTensors; ++d) {
      for (const Action action : energy::actions_of(static_cast<Component>(c)))
        table.set_price(static_cast<Component>(c), static_cast<Tensor>(d), action,
                        static_cast<double>(next_prime()));
    }
  }
  return std::make_shared<Resolved<energy::EnergyTable>>(
      Resolved<energy::EnergyTable>{"primes", table, key_of(table)});
}

/// An outcome in which each number is a prime of its own.
LayerOutcome prime_outcome() {
  LayerOutcome outcome;
  outcome.mapping = R"({"dram":[],"global_buffer":[],"pe_rows":[],"pe_columns":[],"pe":[]})";
  auto& s = outcome.stats;
  for (auto* number : {&s.macs, &s.cycles, &s.active_pes, &s.vector_operations, &s.vector_cycles})
    *number = next_prime();
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    for (std::size_t d = 0; d < kTensors; ++d) {
      for (const Action action : energy::actions_of(static_cast<Component>(c)))
        s.counts.add(static_cast<Component>(c), static_cast<Tensor>(d), action, next_prime());
    }
  }
  for (auto& value : s.pe_cycles.values) value = next_prime();
  for (auto& link : s.links) link = {next_prime(), next_prime(), next_prime()};
  return outcome;
}

/// What the columns of some layers' row are, added up anew from what is counted.
std::map<std::string, double> numbers_of(const std::vector<LayerOutcome>& outcomes,
                                         const energy::EnergyTable& prices) {
  std::map<std::string, double> numbers;
  double pe_cycles = 0;
  for (const LayerOutcome& outcome : outcomes) {
    const auto& s = outcome.stats;
    numbers["macs"] += static_cast<double>(s.macs);
    numbers["cycles"] += static_cast<double>(s.cycles);
    pe_cycles += static_cast<double>(s.active_pes * s.cycles);
    for (std::size_t c = 0; c < stats::kComponents; ++c) {
      for (std::size_t d = 0; d < kTensors; ++d) {
        for (std::size_t a = 0; a < stats::kActions; ++a) {
          const auto component = static_cast<Component>(c);
          const auto data = static_cast<Tensor>(d);
          const auto action = static_cast<Action>(a);
          const auto count = static_cast<double>(s.counts.get(component, data, action));
          const double energy = count * prices.price(component, data, action);
          numbers["energy"] += energy;
          numbers["energy_" + std::string(stats::kComponentNames[c])] += energy;
          if (component == Component::dram) numbers["dram_words"] += count;
          if (component == Component::global_buffer) numbers["global_buffer_words"] += count;
        }
      }
    }
  }
  numbers["active_pes"] = pe_cycles / numbers["cycles"];
  return numbers;
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::stringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
  return fields;
}

const std::vector<std::string> kEnergies = {"energy_dram",      "energy_global_buffer", "energy_network",
                                            "energy_neighbour", "energy_register_file", "energy_mac"};

class PrimesInADatabase : public testing::Test {
 protected:
  void SetUp() override {
    for (DesignPoint& point : points_) {
      point.energy = prime_prices();
      for (std::size_t layer = 0; layer < 2; ++layer) {
        outcomes_[point.key].push_back(prime_outcome());
        put_layer(store_, point, layer, outcomes_[point.key].back());
      }
      put_point(store_, point);
    }
    put_sweep(store_, spec_, points_);
  }

  /// Each column is its own number, and the energies of the row add up.
  template <typename Value>
  static void expect_numbers(std::map<std::string, double> expected, Value value) {
    double sum = 0;
    for (const auto& [column, number] : expected) EXPECT_DOUBLE_EQ(value(column), number) << column;
    for (const auto& column : kEnergies) sum += value(column);
    EXPECT_DOUBLE_EQ(sum, value("energy"));
  }

  std::map<std::string, double> of_layer(const DesignPoint& point, std::size_t layer) {
    return numbers_of({outcomes_[point.key][layer]}, point.energy->value);
  }
  std::map<std::string, double> of_point(const DesignPoint& point) {
    auto numbers = numbers_of(outcomes_[point.key], point.energy->value);
    numbers["milliseconds"] = numbers["cycles"] / (point.accelerator.clock_mhz * 1e3);
    numbers["mac_utilization"] = numbers["macs"] / numbers["cycles"] / 168;
    numbers["edp"] = numbers["energy"] * numbers["cycles"];
    numbers["pes"] = 168;
    numbers["batch"] = static_cast<double>(point.batch);
    numbers["layers"] = 2;
    return numbers;
  }
  double in_database(const std::string& table, const std::string& key, const std::string& column) {
    auto select =
        store_.prepare("SELECT " + column + " FROM " + table + " WHERE " + table.substr(0, 5) + "_key = ?");
    EXPECT_TRUE(select.bind(key).step()) << table;
    return select.real(0);
  }

  TemporaryFolder folder_;
  SweepSpec spec_ = test::eyeriss_sweep("  layers: [conv1, conv2]\naxes: {clock_mhz: [211, 223]}\n");
  std::vector<DesignPoint> points_ = points_of(spec_);
  Connection store_ = open_store(folder_.path() / "d.sqlite");
  std::map<Key, std::vector<LayerOutcome>> outcomes_;
};

TEST_F(PrimesInADatabase, EachColumnOfALayerIsItsOwnNumber) {
  for (const DesignPoint& point : points_) {
    for (std::size_t layer = 0; layer < 2; ++layer) {
      expect_numbers(of_layer(point, layer), [&](const std::string& column) {
        return in_database("layers", point.layer_keys[layer].hex(), column);
      });
    }
  }
}

TEST_F(PrimesInADatabase, EachColumnOfAPointIsItsOwnNumber) {
  for (const DesignPoint& point : points_) {
    expect_numbers(of_point(point),
                   [&](const std::string& column) { return in_database("points", point.key.hex(), column); });
  }
}

TEST_F(PrimesInADatabase, TheCsvHasThem) {
  std::stringstream csv(points_csv(store_, "s"));
  std::string line;
  std::getline(csv, line);
  const auto head = split(line);
  for (const DesignPoint& point : points_) {
    std::getline(csv, line);
    const auto fields = split(line);
    ASSERT_GT(fields.size(), 30);
    expect_numbers(of_point(point), [&](const std::string& column) {
      return std::stod(
          fields.at(static_cast<std::size_t>(std::find(head.begin(), head.end(), column) - head.begin())));
    });
  }
}

TEST_F(PrimesInADatabase, TheJsonHasThem) {
  const auto points = nlohmann::json::parse(points_json(store_, "s")).at("points");
  ASSERT_EQ(points.size(), 2);
  for (std::size_t i = 0; i < 2; ++i) {
    auto expected = of_point(points_[i]);
    expected.erase("layers");  // a list here
    expect_numbers(expected, [&](const std::string& column) { return points[i].at(column).get<double>(); });
    ASSERT_EQ(points[i].at("layers").size(), 2);
    for (std::size_t layer = 0; layer < 2; ++layer) {
      expect_numbers(of_layer(points_[i], layer), [&](const std::string& column) {
        return points[i].at("layers")[layer].at(column).get<double>();
      });
    }
  }
}

TEST_F(PrimesInADatabase, EveryChangeOfARowIsSeen) {
  const std::string change =
      " = CASE typeof({0}) WHEN 'text' THEN {0} || 'x' WHEN 'null' THEN 1 ELSE {0} + 1 END";
  for (const char* table : {"layers", "points", "point_layers", "sweeps", "sweep_points"}) {
    const auto count_sound = [&] {
      auto count = store_.prepare(
          fmt::format("SELECT count(*), total({}) FROM {} AS t", is_sound(store_, table, "t"), table));
      count.step();
      return std::pair(count.integer(0), count.integer(1));
    };
    const auto [rows, sound] = count_sound();
    ASSERT_GT(rows, 0);
    EXPECT_EQ(rows, sound) << table;
    std::vector<std::string> columns;
    auto names = store_.prepare(fmt::format("SELECT name FROM pragma_table_info('{}')", table));
    while (names.step()) columns.push_back(names.text(0));
    // The tables allow no row without a checksum, but a damaged file may have one.
    const std::string all = fmt::format("{}", fmt::join(columns.begin(), columns.end() - 1, ", "));
    auto without =
        store_.prepare(fmt::format("SELECT total({}) FROM (SELECT {}, NULL AS checksum FROM {}) AS t",
                                   is_sound(store_, table, "t"), all, table));
    ASSERT_EQ(columns.back(), "checksum");
    EXPECT_TRUE(without.step());
    EXPECT_EQ(without.integer(0), 0) << table;
    for (const std::string& column : columns) {
      // Backwards, so that keys that are numbers do not meet.
      Transaction rolled_back(store_);
      if (column == "position") store_.execute(fmt::format("DELETE FROM {} WHERE position > 0", table));
      store_.execute(
          fmt::format("UPDATE {} SET {}{}", table, column, fmt::format(fmt::runtime(change), column)));
      EXPECT_EQ(count_sound().second, 0) << table << "." << column;
    }
  }
}

TEST_F(PrimesInADatabase, NothingDamagedIsExported) {
  const auto refusal = [&](const char* change, auto write) -> std::string {
    Transaction rolled_back(store_);
    store_.execute(change);
    try {
      return write(store_, "s").empty() ? "" : "written";
    } catch (const DatabaseError& error) {
      const std::string text = error.what();
      return text.substr(text.find(": ") + 2);
    }
  };
  const std::string why = " is damaged: the same sweep again computes it anew";
  for (const auto write : {points_csv, points_json}) {
    EXPECT_EQ(refusal("UPDATE points SET macs = 1 WHERE batch = 1", write), "the row of point 0" + why);
    EXPECT_EQ(refusal("UPDATE sweep_points SET coordinates = '[\"9\"]' WHERE position = 1", write),
              "the row of point 1" + why);
    EXPECT_EQ(refusal("UPDATE sweeps SET coordinates = '[]'", write), "the row of sweep s" + why);
  }
  EXPECT_EQ(refusal("UPDATE layers SET cycles = 1", points_json), "a layer of point 0" + why);
  EXPECT_EQ(refusal("UPDATE point_layers SET layer = 'x' WHERE position = 1", points_json),
            "a layer of point 0" + why);
  EXPECT_EQ(refusal("DELETE FROM layers", points_json), "a layer of point 0" + why);
  EXPECT_EQ(refusal("SELECT 1", points_json), "written");
}

TEST_F(PrimesInADatabase, TextsAreNoFormulasInTheCsv) {
  const std::vector<std::pair<std::string, std::string>> cells = {
      {"=1+2", "'=1+2"},     {"+1", "'+1"}, {"@a", "'@a"},          {"-x", "'-x"},  {"\tx", "'\tx"},
      {"=a,b", "\"'=a,b\""}, {"-5", "-5"},  {"-2.5e-3", "-2.5e-3"}, {"a=b", "a=b"}, {"", ""}};
  for (const auto& [text, cell] : cells) {
    points_[0].coordinates = {text};
    put_sweep(store_, spec_, points_);
    const std::string csv = points_csv(store_, "s");
    EXPECT_NE(csv.find("\n0," + cell + ",,eyeriss,"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace weir::sweep
