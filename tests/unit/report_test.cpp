#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <span>
#include <sstream>

#include "config/printable.h"
#include "report/comparison.h"
#include "report/csv.h"
#include "report/files.h"
#include "report/json_values.h"
#include "report/metrics.h"
#include "report/side_by_side.h"
#include "report/table.h"
#include "report/table_layout.h"
#include "report/writers.h"
#include "support/program.h"

namespace weir::report {
namespace {

using stats::Action;
using stats::Component;
using stats::Link;
using stats::PeState;
using test::read_file;
using test::TemporaryFolder;

stats::LinkCycles& link(stats::LayerStats& stats, Link l) { return stats.links[static_cast<std::size_t>(l)]; }

/// 10 MACs in 5 cycles on 2 of 4 PEs.
LayerResult small_layer(const std::string& name) {
  LayerResult result;
  result.layer.name = name;
  result.mapping.at(Level::dram) = {{Dimension::M, 2}, {Dimension::C, 3}};
  auto& stats = result.stats;
  stats.macs = 10;
  stats.cycles = 5;
  stats.active_pes = 2;
  stats.counts.add(Component::dram, Tensor::ifmap, Action::read, 3);
  stats.counts.add(Component::dram, Tensor::psum, Action::write, 2);
  stats.counts.add(Component::global_buffer, Tensor::ifmap, Action::write, 3);
  stats.counts.add(Component::network, Tensor::ifmap, Action::hop, 4);
  stats.counts.add(Component::mac, Tensor::psum, Action::mac, 10);
  stats.pe_cycles[PeState::mac] = 6;
  stats.pe_cycles[PeState::psum_accumulate] = 1;
  stats.pe_cycles[PeState::wait_weight] = 3;
  stats.pe_cycles[PeState::unmapped] = 10;
  link(stats, Link::weight) = {3, 1, 1};
  link(stats, Link::dram) = {5, 0, 0};
  stats.verification = stats::Verification::passed;
  return result;
}

RunResult small_run(const std::string& name = "one") {
  RunResult run;
  run.accelerator.name = "machine";
  run.accelerator.clock_mhz = 100;
  run.accelerator.rows = run.accelerator.columns = 2;
  run.accelerator.word_bits = 16;
  run.workload = "network";
  run.dataflow = "flow";
  run.data = "auto";
  run.energy.name = "table";
  run.energy.unit = "pJ";
  run.energy.set_price(Component::dram, Tensor::ifmap, Action::read, 100);
  run.energy.set_price(Component::dram, Tensor::psum, Action::write, 50);
  run.energy.set_price(Component::global_buffer, Tensor::ifmap, Action::write, 2);
  run.energy.set_price(Component::network, Tensor::ifmap, Action::hop, 1);
  run.energy.set_price(Component::mac, Tensor::psum, Action::mac, 10);
  run.layers.push_back(small_layer(name));
  return run;
}

/// A spreadsheet computes cells that begin like a formula.
TEST(Csv, TextsAreNoFormulas) {
  for (const std::string text : {"=1+1", "+1", "-a", "-", "@sum", "=", "\t=1", " =1"}) {
    EXPECT_EQ(csv_field(text), "'" + text);
    EXPECT_EQ(csv_field(text + ","), "\"'" + text + ",\"");
  }
  for (const std::string text : {"-1", "-1.5e-3", "a=1", "a-b", "", "1+1"}) EXPECT_EQ(csv_field(text), text);
  EXPECT_EQ(csv_field("a\"b"), "\"a\"\"b\"");
}

TEST(Csv, NoTableHasFormulas) {
  RunResult run = small_run("-layer");
  run.dataflow = "=flow";
  run.unmapped = {{small_layer("-other").layer, "@reason"}};
  const SideBySide comparison({run}, {"-layer", "-other"}, "energy");
  for (const std::string& table : {layers_csv(run), accesses_csv(run), side_by_side_csv(comparison)}) {
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream cells(line);
      for (std::string cell; std::getline(cells, cell, ',');)
        EXPECT_TRUE(cell.empty() || std::string("=+-@").find(cell.front()) == std::string::npos) << cell;
    }
  }
}

/// Names that look like numbers to some readers are texts; so is all else that no reader of ours takes for
/// one.
TEST(Json, InputsKeepTheirNames) {
  for (const std::string text : {"010", "007", "nan", "inf", "-inf", "0x10", "1e999", ".5", "+1", "1_0", "x"})
    EXPECT_EQ(json_value(config::Node::scalar(text, {})), Json(text)) << text;
  EXPECT_EQ(json_value(config::Node::scalar("10", {})), Json(10));
  EXPECT_EQ(json_value(config::Node::scalar("-2.5e1", {})), Json(-25.0));
  EXPECT_EQ(json_value(config::Node::scalar("true", {})), Json(true));
}

/// It is printed, too.
TEST(Json, IsPlainAscii) { EXPECT_EQ(json_text("\x7F\xC2\x9B\xC3\xA9"), "\"\\u007f\\u009b\\u00e9\"\n"); }

/// A dataflow may be called after a file of mappings.
TEST(Table, HasNothingThatATerminalActsUpon) {
  RunResult run = small_run();
  run.dataflow = "\x1B[31m\x7F\xC2\x9B\x9B";
  const SideBySide comparison({run}, {"one"}, "energy");
  for (const std::string& table : {console_table(run), side_by_side_table(comparison, true)})
    EXPECT_EQ(table, config::printable(table));
}

TEST(Metrics, OfOneLayer) {
  const RunResult run = small_run();
  const Metrics m = metrics_of(run, run.layers.front());
  EXPECT_EQ(m.macs, 10);
  EXPECT_EQ(m.active_pes, 2);
  EXPECT_DOUBLE_EQ(m.milliseconds, 5e-5);    // 5 cycles of 10 ns
  EXPECT_DOUBLE_EQ(m.mac_utilization, 0.5);  // 10 / (5 x 4)
  EXPECT_DOUBLE_EQ(m.energy.total(), 510);   // 300 + 100 + 6 + 4 + 100
  EXPECT_DOUBLE_EQ(m.moving_share(), 410.0 / 510);
  EXPECT_DOUBLE_EQ(m.overhead_share(), 0.2);  // (1 + 3) / 20
  EXPECT_EQ(m.dram_words, 5);
  EXPECT_EQ(m.global_buffer_words, 3);
  EXPECT_DOUBLE_EQ(m.dram_words_per_mac, 0.5);
}

TEST(Metrics, BusiestLimits) {
  RunResult run = small_run();
  auto& stats = run.layers.front().stats;
  EXPECT_EQ(metrics_of(run, run.layers).bound_by, "MAC");  // 7 / 10 against 3 / 5; DRAM is hidden
  link(stats, Link::weight).busy = 4;
  EXPECT_EQ(metrics_of(run, run.layers).bound_by, "weight");
  run.overlap = Overlap::total;
  EXPECT_EQ(metrics_of(run, run.layers).bound_by, "DRAM");
}

/// A cycle decides, however long the layer; where nothing does, what stands first in the list.
TEST(Metrics, BusiestAtANearTie) {
  constexpr std::int64_t kCycles = 1'000'000'007, kBusy = 700'000'003;
  const std::vector<std::string> names = {"MAC", "ifmap", "weight", "psum_in", "psum_out", "DRAM"};
  RunResult run = small_run();
  run.overlap = Overlap::total;
  auto& stats = run.layers.front().stats;
  const auto bound_by = [&](const std::vector<std::int64_t>& busy) {
    stats.pe_cycles[PeState::mac] = stats.active_pes * busy[0] - 3;
    stats.pe_cycles[PeState::gated_mac] = 2;
    stats.pe_cycles[PeState::psum_accumulate] = 1;
    for (std::size_t l = 0; l < stats::kLinks; ++l) stats.links[l].busy = busy[l + 1];
    return std::string(metrics_of(run, run.layers).bound_by);
  };
  stats.cycles = kCycles;
  stats.active_pes = 3;
  for (std::size_t most = 0; most < names.size(); ++most) {
    for (std::size_t next = 0; next < names.size(); ++next) {
      std::vector<std::int64_t> busy(names.size(), kBusy - 2);
      busy[next] = kBusy - 1;
      busy[most] = kBusy;
      EXPECT_EQ(bound_by(busy), names[most]) << "before " << names[next];
      busy[next] = kBusy;
      EXPECT_EQ(bound_by(busy), names[std::min(most, next)]) << names[most] << " and " << names[next];
    }
  }
}

/// Of a memory-bound layer, too.
TEST(Metrics, BusiestOfTheVectorUnitAtANearTie) {
  RunResult run = small_run();
  auto& stats = run.layers.front().stats;
  stats.macs = 0;
  link(stats, Link::dram).busy = 1'000'000'007;
  for (const std::int64_t more : {-1, 0, 1}) {
    stats.vector_cycles = 1'000'000'007 + more;
    EXPECT_EQ(metrics_of(run, run.layers).bound_by, more > 0 ? "vector_unit" : "DRAM");
  }
}

TEST(Metrics, OfSeveralLayersAreSums) {
  RunResult run = small_run();
  run.layers.push_back(small_layer("two"));
  run.layers.back().stats.cycles = 15;
  run.layers.back().stats.active_pes = 4;
  const Metrics m = metrics_of(run, run.layers);
  EXPECT_EQ(m.macs, 20);
  EXPECT_EQ(m.cycles, 20);
  EXPECT_DOUBLE_EQ(m.active_pes, 3.5);  // (2 x 5 + 4 x 15) / 20
  EXPECT_DOUBLE_EQ(m.mac_utilization, 0.25);
  EXPECT_EQ(m.pe_cycles.total(), 40);
}

TEST(Metrics, OfNothingAreZero) {
  const Metrics m = metrics_of(small_run(), std::span<const LayerResult>{});
  EXPECT_EQ(m.mac_utilization, 0);
  EXPECT_EQ(m.dram_words_per_mac, 0);
  EXPECT_EQ(m.moving_share(), 0);
}

TEST(Quantities, BufferBytesLeaveOutFillsAndDrains) {
  const RunResult run = small_run();
  Metrics m;
  m.counts.add(Component::global_buffer, Tensor::ifmap, Action::read, 1'000'000);
  m.counts.add(Component::global_buffer, Tensor::ifmap, Action::write, 500);
  m.counts.add(Component::global_buffer, Tensor::weight, Action::read, 70);
  m.counts.add(Component::global_buffer, Tensor::psum, Action::read, 400'000);   // 100,000 of them drain
  m.counts.add(Component::global_buffer, Tensor::psum, Action::write, 350'000);  // 50,000 of them fill
  m.counts.add(Component::dram, Tensor::psum, Action::write, 100'000);
  m.counts.add(Component::dram, Tensor::psum, Action::read, 50'000);
  ASSERT_NE(find_quantity("global_buffer_mb"), nullptr);
  EXPECT_DOUBLE_EQ(find_quantity("global_buffer_mb")->of(m, run.accelerator), 3.2);  // 1.6 M words of 2 bytes
  EXPECT_EQ(find_quantity("nonsense"), nullptr);
}

TEST(Csv, HasOneRowALayer) {
  EXPECT_EQ(layers_csv(small_run()),
            "layer,kind,macs,cycles,active_pes,mac_utilization,energy,dram_words,global_buffer_words,bound_"
            "by,verified\n"
            "one,conv,10,5,2,0.5,510,5,3,MAC,yes\n");
}

TEST(Csv, PricesEachAccess) {
  EXPECT_EQ(accesses_csv(small_run()),
            "layer,level,tensor,action,count,energy\n"
            "one,dram,ifmap,read,3,300\n"
            "one,dram,psum,write,2,100\n"
            "one,global_buffer,ifmap,write,3,6\n"
            "one,network,ifmap,hop,4,4\n"
            "one,mac,psum,mac,10,100\n");
}

TEST(Csv, QuotesAsRfc4180) {
  const std::string text = layers_csv(small_run("a \"b\", c"));
  EXPECT_NE(text.find("\n\"a \"\"b\"\", c\",conv,"), std::string::npos) << text;
}

TEST(Json, SaysWhatTheTablesSay) {
  RunResult run = small_run();
  run.inputs = {{"accelerator",
                 config::Node::parse("{accelerator: machine, pe_array: [2, 2], gated: true, x: 0.5}", "a")}};
  const auto stats = nlohmann::json::parse(stats_json(run));
  EXPECT_EQ(stats["schema_version"], 1);
  EXPECT_EQ(stats["energy_unit"], "pJ");
  EXPECT_EQ(stats["pes"], 4);
  EXPECT_EQ(stats["inputs"]["accelerator"],
            (nlohmann::json{{"accelerator", "machine"}, {"pe_array", {2, 2}}, {"gated", true}, {"x", 0.5}}));
  EXPECT_EQ(stats["inputs"]["overlap"], "processing");
  const auto& layer = stats["layers"][0];
  EXPECT_TRUE(layer["cycles"].is_number_integer());
  EXPECT_EQ(layer["mapping"]["dram"], (nlohmann::json{"M=2", "C=3"}));
  EXPECT_EQ(layer["stalls"]["pe"]["unmapped"], 10);
  EXPECT_EQ(layer["stalls"]["links"]["weight"], (nlohmann::json{{"busy", 3}, {"blocked", 1}, {"idle", 1}}));
  EXPECT_EQ(layer["accesses"].size(), 5U);
  EXPECT_EQ(layer["accesses"][0]["level"], "dram");
  EXPECT_EQ(stats["totals"]["energy_by_level"]["dram"], 400);
}

TEST(Table, FitsItsWidthWhateverTheNumbers) {
  RunResult run = small_run("a.very.long.name.of.a.layer");
  run.workload = std::string(60, 'w');
  run.layers.push_back(small_layer("big"));
  auto& big = run.layers.back().stats;
  big.macs = 999'999'000'000;
  big.cycles = 99'999'000'000;
  big.active_pes = 65536;
  link(big, Link::psum_out).busy = big.cycles;
  big.counts.add(Component::dram, Tensor::ifmap, Action::read, 90'000'000'000'000);
  std::istringstream lines(console_table(run));
  std::string line;
  std::size_t count = 0;
  for (; std::getline(lines, line); ++count) EXPECT_LE(line.size(), kTableWidth) << line;
  EXPECT_GE(count, 8U);  // title, two of heads, two layers, total, sentence
}

TEST(Table, NamesUnitsAndVerification) {
  RunResult run = small_run();
  EXPECT_NE(
      console_table(run).find("machine | network | flow | batch 1 | 100 MHz | simulated, outputs verified\n"),
      std::string::npos);
  EXPECT_NE(console_table(run).find("[pJ]"), std::string::npos);
  run.energy.unit = "MAC";
  run.layers.front().stats.verification = stats::Verification::failed;
  EXPECT_NE(console_table(run).find("[MAC]"), std::string::npos);
  EXPECT_NE(console_table(run).find("outputs WRONG in 1 of 1 layers"), std::string::npos);
}

TEST(Table, UnitsLeaveNoColumnOfZeros) {
  const auto shown = [](double value, double largest, const std::vector<Unit>& units) {
    const Scale scale(largest, units);
    return scale(value) + " " + scale.unit();
  };
  EXPECT_EQ(shown(4, 4100, count_units()), "4 [1]");
  EXPECT_EQ(shown(4, 999'999, count_units()), "4 [1]");
  EXPECT_EQ(shown(4, 1e6, count_units()), "0.000 [M]");
  EXPECT_EQ(shown(12.5e6, 12.5e6, count_units()), "12.500 [M]");
  EXPECT_EQ(shown(2e12, 2e12, count_units()), "2000.0 [G]");
  EXPECT_EQ(shown(35e-6, 0.005, time_units()), "0.035 [us]");
  EXPECT_EQ(shown(0.5, 0.5, time_units()), "500.00 [us]");
  EXPECT_EQ(shown(1, 1, time_units()), "1.000 [ms]");
  EXPECT_EQ(shown(1e7, 1e7, energy_units("MAC")), "10000 [kMAC]");
  EXPECT_EQ(shown(1e9, 1e9, energy_units("MAC")), "1.000 [GMAC]");
  EXPECT_EQ(shown(3000, 3000, energy_units("pJ")), "3000 [pJ]");
}

TEST(Table, SaysWhereThereAreNoValuesToVerify) {
  RunResult run = small_run();
  run.layers.push_back(small_layer("pool"));
  run.layers.back().stats.macs = 0;
  run.layers.back().stats.verification = stats::Verification::none;
  const std::string mixed = console_table(run);
  EXPECT_NE(mixed.find("simulated, outputs verified but of 1 layer without values\n"), std::string::npos)
      << mixed;
  run.layers.erase(run.layers.begin());
  const std::string table = console_table(run);
  EXPECT_NE(table.find("simulated, layers without values\n"), std::string::npos) << table;
}

TEST(Comparison, MayLetOursBeLower) {
  Comparison c{"conv1", find_quantity("energy"), "a mapping", 100, 20, 1, true};
  EXPECT_FALSE(c.outside());
  c.ours = 100.9;
  EXPECT_FALSE(c.outside());
  c.ours = 101.1;
  EXPECT_TRUE(c.outside());
  EXPECT_NE(comparison_table({{"x", {c}}}).find("<= +1"), std::string::npos);
}

TEST(Comparison, JudgesTheOrderOfRuns) {
  Ranking ranking{
      find_quantity("energy"), "a paper", 1.4, 2.2, {{"a", 10, 20}, {"b", 15, 29}, {"c", 20, 43}}};
  EXPECT_FALSE(ranking.outside(1));
  EXPECT_FALSE(ranking.outside(2));
  EXPECT_DOUBLE_EQ(ranking.times(1), 1.45);
  EXPECT_DOUBLE_EQ(ranking.published_times(1), 1.5);
  const std::string text = comparison_table({{"x", {}, ranking}});
  EXPECT_NE(text.find("1.4 to 2.2  ok\n"), std::string::npos) << text;
  EXPECT_NE(text.find("2 passed, 0 outside"), std::string::npos) << text;
  ranking.entries[2].ours = 28.5;  // within the limits, but less than the one before
  EXPECT_TRUE(ranking.outside(2));
  ranking.entries[1].ours = 27;
  EXPECT_TRUE(ranking.outside(1));
  EXPECT_NE(comparison_json({{"x", {}, ranking}}).find("OUTSIDE"), std::string::npos);
}

TEST(Comparison, JudgesByTolerance) {
  Comparison c{"conv1", find_quantity("active_pes"), "a paper", 100, 102.9, 3};
  EXPECT_FALSE(c.outside());
  c.ours = 96.9;
  EXPECT_TRUE(c.outside());
  c.allowed_percent.reset();
  EXPECT_FALSE(c.outside());
  EXPECT_NE(comparison_table({{"x", {c}}}).find("info"), std::string::npos);
}

TEST(Files, AreWrittenTogetherOrNotAtAll) {
  const TemporaryFolder folder;
  write_files(folder.path(), {{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(read_file(folder.path() / "a"), "1");
  std::filesystem::create_directory(folder.path() / "c");
  EXPECT_THROW(write_files(folder.path(), {{"a", "new"}, {"c", "new"}}), FileError);
  EXPECT_EQ(read_file(folder.path() / "a"), "1");
  EXPECT_EQ(folder.names().size(), 3U);
}

TEST(Files, FolderThatIsAFileIsRefused) {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "kept");
  EXPECT_THROW(prepare_folder(file), FileError);
  prepare_folder(folder.path() / "new" / "deep");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "new" / "deep"));
  EXPECT_EQ(read_file(file), "kept");
}

}  // namespace
}  // namespace weir::report
