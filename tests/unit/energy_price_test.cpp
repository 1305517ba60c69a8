#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "energy/energy_table.h"
#include "support/errors.h"
#include "support/program.h"

namespace weir::energy {
namespace {

using stats::Action;
using stats::Component;
using test::error_of;
using test::replaced;

const std::string kSizedTable = R"(energy: table
unit: pJ
prices:
  dram: {energy: 640, access_bits: 32}
  global_buffer:
    access_bits: 64
    points: [{bytes: 1024, energy: 8}, {bytes: 4096, energy: 32}, {bytes: 65536, energy: 64}]
  network: 2
  neighbour: 3
  register_file: {access_bits: 16, points: [{bytes: 16, energy: 1}, {bytes: 64, energy: 4}]}
  mac: {mac: {points: [{bits: 8, energy: 1}, {bits: 32, energy: 16}]}, gated_mac: 0.25}
)";

/// 16-bit words; a buffer of `banks` banks of 512 words.
Accelerator machine(std::int64_t banks) {
  Accelerator accelerator;
  accelerator.word_bits = 16;
  accelerator.pe.ifmap_rf_words = 8;
  accelerator.pe.weight_rf_words = 16;
  accelerator.global_buffer = {banks, 512, 0};
  return accelerator;
}

EnergyTable read_sized(const std::string& text, const Accelerator& accelerator) {
  return read_energy_table(config::Node::parse(text, "e.yaml"), accelerator);
}

double buffer_price(const Accelerator& accelerator, const std::string& text = kSizedTable) {
  return read_sized(text, accelerator).price(Component::global_buffer, Tensor::ifmap, Action::read);
}

std::string error_in_sized(const std::string& from, const std::string& to) {
  return error_of([&] { read_sized(replaced(kSizedTable, from, to), machine(4)); });
}

TEST(SizedPrice, IsThatOfAPointAtThePoint) {
  // 4 banks x 512 words x 2 bytes = 4096 bytes: 32 for 64 bits, a quarter for a word.
  EXPECT_DOUBLE_EQ(buffer_price(machine(4)), 32.0 / 4);
  EXPECT_DOUBLE_EQ(buffer_price(machine(1)), 8.0 / 4);
  EXPECT_DOUBLE_EQ(buffer_price(machine(64)), 64.0 / 4);
}

TEST(SizedPrice, GoesByLinesInLogarithms) {
  // Four times the size and four times the energy from 1024 to 4096: twice at 2048. From 4096 to 65536, 16
  // times and twice: at four times, half way, the root of 2.
  EXPECT_DOUBLE_EQ(buffer_price(machine(2)), 16.0 / 4);
  EXPECT_DOUBLE_EQ(buffer_price(machine(16)), 32 * std::sqrt(2.0) / 4);
  // Outside the outer lines go on: half of 1024 is half of 8.
  Accelerator small = machine(1);
  small.global_buffer.bank_words = 256;
  EXPECT_DOUBLE_EQ(buffer_price(small), 4.0 / 4);
  EXPECT_DOUBLE_EQ(buffer_price(machine(1024)), 128.0 / 4);
}

TEST(SizedPrice, OfARegisterFileIsByItsOwnSize) {
  const EnergyTable table = read_sized(kSizedTable, machine(1));
  EXPECT_DOUBLE_EQ(table.price(Component::register_file, Tensor::ifmap, Action::read), 1);
  EXPECT_DOUBLE_EQ(table.price(Component::register_file, Tensor::weight, Action::write), 2);
  EXPECT_EQ(table.price(Component::register_file, Tensor::psum, Action::read), 0) << "there is none";
}

TEST(SizedPrice, GoesByTheWidth) {
  Accelerator narrow = machine(8);
  narrow.word_bits = 8;
  const EnergyTable table = read_sized(kSizedTable, narrow);
  EXPECT_DOUBLE_EQ(table.price(Component::dram, Tensor::psum, Action::write), 640.0 / 4);
  EXPECT_DOUBLE_EQ(table.price(Component::global_buffer, Tensor::psum, Action::write), 32.0 / 8);
  EXPECT_DOUBLE_EQ(table.price(Component::mac, Tensor::psum, Action::mac), 1);
  EXPECT_EQ(table.price(Component::mac, Tensor::psum, Action::gated_mac), 0.25);
  EXPECT_DOUBLE_EQ(read_sized(kSizedTable, machine(1)).price(Component::mac, Tensor::psum, Action::mac), 4);
}

TEST(SizedPrice, IsOfOneBankWhereTheTableSaysSo) {
  const std::string of_bank = replaced(kSizedTable, "access_bits: 64", "size: bank\n    access_bits: 64");
  EXPECT_DOUBLE_EQ(buffer_price(machine(64), of_bank), 8.0 / 4);
}

TEST(SizedPrice, CountsThePrefetchBanks) {
  Accelerator accelerator = machine(3);
  accelerator.global_buffer.weight_prefetch_words = 512;
  EXPECT_DOUBLE_EQ(buffer_price(accelerator), 32.0 / 4);
}

TEST(SizedPrice, RefusesBadPoints) {
  EXPECT_EQ(error_in_sized("bytes: 4096", "bytes: 1024"),
            "e.yaml:7:48: error: bytes is 1024 after 1024; allowed is more than the point before (in "
            "prices.global_buffer.points[1].bytes)");
  EXPECT_EQ(error_in_sized("energy: 32}", "energy: 7}"),
            "e.yaml:7:62: error: energy is 7 after 8; allowed is no less than the point before (in "
            "prices.global_buffer.points[1].energy)");
  EXPECT_EQ(error_in_sized(", {bytes: 64, energy: 4}", ""),
            "e.yaml:10:44: error: points are 1; allowed is 2 or more (in prices.register_file.points)");
  EXPECT_EQ(error_in_sized("energy: 8}", "energy: 0}"),
            "e.yaml:7:36: error: energy is 0; allowed is 1e-09 to 1000000000 (in "
            "prices.global_buffer.points[0].energy)");
  EXPECT_EQ(error_in_sized("network: 2", "network: {points: [{bytes: 1, energy: 1}]}"),
            "e.yaml:8:21: error: points are for a memory or the MAC; allowed is a number, or energy and "
            "access_bits (in prices.network.points)");
  EXPECT_EQ(error_in_sized("    access_bits: 64\n", ""),
            "e.yaml:6:5: error: missing key \"access_bits\" (in prices.global_buffer)");
  EXPECT_EQ(error_in_sized("access_bits: 64", "access_bits: 64\n    size: banks"),
            "e.yaml:7:11: error: size is \"banks\"; did you mean \"bank\"? (in prices.global_buffer.size)");
  EXPECT_EQ(error_in_sized("access_bits: 16", "size: bank, access_bits: 16"),
            "e.yaml:10:19: error: unknown key \"size\"; allowed is points, access_bits (in "
            "prices.register_file)");
}

TEST(SizedPrice, RefusesPointsThatLeadToNoPrice) {
  EXPECT_EQ(
      error_in_sized("{bytes: 4096, energy: 32}, {bytes: 65536, energy: 64}", "{bytes: 1025, energy: 8e8}"),
      "e.yaml:7:13: error: the energy at 4096 is inf by these points; allowed is up to 1000000000 (in "
      "prices.global_buffer.points)");
}

/// The shipped table on Eyeriss, whose buffer is set to so many banks.
double shipped_buffer_price(int banks) {
  const std::string folder = WEIR_SOURCE_DIR "/configs/";
  const Accelerator accelerator = read_accelerator(
      config::Node::load(folder + "eyeriss.yaml", {fmt::format("global_buffer.banks={}", banks)}));
  return read_energy_table(config::Node::load(folder + "energy/sized-45nm.yaml"), accelerator)
      .price(Component::global_buffer, Tensor::ifmap, Action::read);
}

TEST(SizedPrice, OfTheShippedTableRisesWithTheBuffer) {
  double before = 0;
  for (const int banks : {1, 2, 6, 14, 25, 100, 300, 2000}) {
    const double price = shipped_buffer_price(banks);
    EXPECT_GT(price, before) << banks;
    before = price;
  }
  // 2 + 6 banks of 4 KiB are 32 KiB.
  EXPECT_DOUBLE_EQ(shipped_buffer_price(6), 20.0 / 4);
  // What CACTI, run by Accelergy, gives for 64 bits of 128 KiB is no point of the table.
  EXPECT_NEAR(4 * shipped_buffer_price(30), 37.1, 0.03 * 37.1);
}

TEST(SizedPrice, IsWhatARunPays) {
  using nlohmann::json;
  const auto energy = [](const std::string& setting) {
    const auto outcome = test::weir(
        test::run_arguments({"--dataflow", test::kDataflow, "--mapping", "published", "--layer", "conv5",
                             "--data", "off", "--json", "--energy", "sized-45nm", "--set", setting}));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return json::parse(outcome.out);
  };
  const json small = energy("global_buffer.banks=25"), large = energy("global_buffer.banks=250");
  const auto price = [](const json& stats) {
    for (const json& entry : stats["prices"]) {
      if (entry["level"] == "global_buffer") return entry["energy"].get<double>();
    }
    return 0.0;
  };
  EXPECT_GT(price(large), price(small));
  const json& one = small["layers"][0]["energy_by_level"];
  const json& other = large["layers"][0]["energy_by_level"];
  EXPECT_NEAR(other["global_buffer"].get<double>() / one["global_buffer"].get<double>(),
              price(large) / price(small), 1e-12);
  EXPECT_EQ(other["register_file"], one["register_file"]);
}

}  // namespace
}  // namespace weir::energy
