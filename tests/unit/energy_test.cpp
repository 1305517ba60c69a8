#include <gtest/gtest.h>

#include "energy/energy_table.h"
#include "stats/layer_stats.h"
#include "support/errors.h"

namespace weir::energy {
namespace {

using stats::Action;
using stats::Component;
using test::error_of;
using test::replaced;

const std::string kTable = R"(energy: table
unit: pJ
prices:
  dram: 100
  global_buffer: {ifmap: 5, weight: {read: 6, write: 7}, psum: 8}
  network: 2
  neighbour: 3
  register_file: 0.5
  mac: {mac: 1, gated_mac: 0.25}
)";

EnergyTable read(const std::string& text, const Accelerator& accelerator = {}) {
  return read_energy_table(config::Node::parse(text, "e.yaml"), accelerator);
}

/// The error of the table above with `from` replaced by `to`.
std::string error_with(const std::string& from, const std::string& to) {
  return error_of([&] { read(replaced(kTable, from, to)); });
}

TEST(EnergyTable, ReadsPricesByTensorAndAction) {
  const EnergyTable table = read(kTable);
  EXPECT_EQ(table.name, "table");
  EXPECT_EQ(table.unit, "pJ");
  EXPECT_EQ(table.price(Component::dram, Tensor::psum, Action::write), 100);
  EXPECT_EQ(table.price(Component::global_buffer, Tensor::ifmap, Action::write), 5);
  EXPECT_EQ(table.price(Component::global_buffer, Tensor::weight, Action::read), 6);
  EXPECT_EQ(table.price(Component::global_buffer, Tensor::weight, Action::write), 7);
  EXPECT_EQ(table.price(Component::neighbour, Tensor::psum, Action::hop), 3);
  EXPECT_EQ(table.price(Component::mac, Tensor::psum, Action::gated_mac), 0.25);
}

TEST(EnergyTable, PricesCounts) {
  stats::Counts counts;
  counts.add(Component::dram, Tensor::ifmap, Action::read, 3);
  counts.add(Component::global_buffer, Tensor::weight, Action::write, 2);
  counts.add(Component::mac, Tensor::psum, Action::mac, 10);
  counts.add(Component::mac, Tensor::psum, Action::gated_mac, 4);
  const Energy energy = energy_of(counts, read(kTable));
  EXPECT_EQ(energy[Component::dram], 300);
  EXPECT_EQ(energy[Component::global_buffer], 14);
  EXPECT_EQ(energy[Component::network], 0);
  EXPECT_EQ(energy[Component::mac], 11);
  EXPECT_EQ(energy.total(), 325);
}

TEST(EnergyTable, TheShippedTablesHoldTheirSourcesPrices) {
  const std::string folder = WEIR_SOURCE_DIR "/configs/energy/";
  const EnergyTable normalized =
      read_energy_table(config::Node::load(folder + "eyeriss-normalized.yaml"), {});
  EXPECT_EQ(normalized.unit, "MAC");
  EXPECT_EQ(normalized.price(Component::dram, Tensor::weight, Action::read), 200);
  EXPECT_EQ(normalized.price(Component::global_buffer, Tensor::psum, Action::write), 6);
  const EnergyTable picojoules = read_energy_table(config::Node::load(folder + "eyeriss-like-45nm.yaml"), {});
  EXPECT_EQ(picojoules.unit, "pJ");
  EXPECT_EQ(4 * picojoules.price(Component::dram, Tensor::weight, Action::read), 512);
  EXPECT_DOUBLE_EQ(4 * picojoules.price(Component::global_buffer, Tensor::ifmap, Action::read), 37.1);
  EXPECT_EQ(picojoules.price(Component::register_file, Tensor::weight, Action::read), 0.824);
  EXPECT_EQ(picojoules.price(Component::mac, Tensor::psum, Action::mac), 2.2);
}

TEST(EnergyTable, RefusesBadKeys) {
  EXPECT_EQ(error_with("network", "netwrok"),
            "e.yaml:6:3: error: unknown key \"netwrok\"; did you mean \"network\"? (in prices)");
  EXPECT_EQ(error_with("write: 7", "hop: 7"),
            "e.yaml:5:37: error: missing key \"write\" (in prices.global_buffer.weight)");
  EXPECT_EQ(
      error_with("write: 7", "write: 7, hop: 8"),
      "e.yaml:5:57: error: unknown key \"hop\"; allowed is read, write (in prices.global_buffer.weight)");
  EXPECT_EQ(error_with("neighbour: 3", "network: 3"),
            "e.yaml:7:3: error: duplicate key \"network\"; allowed is each key once (in prices)");
  EXPECT_EQ(error_with("unit: pJ\n", ""), "e.yaml:1:1: error: missing key \"unit\"");
  EXPECT_EQ(error_with("pJ", "joule"), "e.yaml:2:7: error: unit is \"joule\"; allowed is MAC, pJ (in unit)");
  EXPECT_EQ(error_with("100", "[100]"),
            "e.yaml:4:9: error: dram is a list; allowed is a number, 0 to 1000000000 (in prices.dram)");
  EXPECT_EQ(error_with("100", "-1"),
            "e.yaml:4:9: error: dram is -1; allowed is 0 to 1000000000 (in prices.dram)");
  EXPECT_EQ(error_with("100", ".inf"),
            "e.yaml:4:9: error: dram is \".inf\"; allowed is a number, 0 to 1000000000 (in prices.dram)");
  EXPECT_EQ(error_with("0.25}", "0.25"), "e.yaml:10:1: error: not YAML: end of map flow not found");
}

TEST(Counts, AddUp) {
  stats::Counts a;
  a.add(Component::global_buffer, Tensor::ifmap, Action::read, 5);
  a.add(Component::global_buffer, Tensor::psum, Action::write, 7);
  a.add(Component::network, Tensor::ifmap, Action::hop, 9);
  stats::Counts b = a;
  b += a;
  EXPECT_EQ(b.get(Component::network, Tensor::ifmap, Action::hop), 18);
  EXPECT_EQ(a.accesses(Component::global_buffer), 12);
  EXPECT_EQ(a.accesses(Component::network), 0);
}

TEST(PeCycles, AddUp) {
  stats::PeCycles cycles;
  cycles[stats::PeState::mac] = 3;
  cycles[stats::PeState::unmapped] = 4;
  EXPECT_EQ(cycles.total(), 7);
}

}  // namespace
}  // namespace weir::energy
