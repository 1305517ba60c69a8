#include "report/by_kind.h"

#include <gtest/gtest.h>

#include <sstream>

#include "report/table_layout.h"

namespace weir::report {
namespace {

using enum Dimension;

LayerResult conv(const std::string& name, std::int64_t groups, std::int64_t channels, std::int64_t filter,
                 std::int64_t macs, std::int64_t cycles) {
  LayerResult result;
  result.layer.name = name;
  result.layer.bounds[G] = groups;
  result.layer.bounds[C] = channels;
  result.layer.bounds[R] = result.layer.bounds[S] = filter;
  result.stats.macs = macs;
  result.stats.cycles = cycles;
  result.stats.active_pes = 4;
  result.stats.counts.add(stats::Component::mac, Tensor::psum, stats::Action::mac, macs);
  result.stats.pe_cycles[stats::PeState::mac] = macs;
  result.stats.pe_cycles[stats::PeState::unmapped] = 4 * cycles - macs;
  return result;
}

/// Two layers of 1x1, one of them bound by the weight network, one depthwise, one grouped.
RunResult run() {
  RunResult run;
  run.accelerator.clock_mhz = 1;
  run.accelerator.rows = run.accelerator.columns = 2;
  run.energy.unit = "MAC";
  run.energy.set_price(stats::Component::mac, Tensor::psum, stats::Action::mac, 1);
  run.layers = {conv("a", 1, 8, 1, 300, 100), conv("b", 1, 8, 1, 100, 100), conv("c", 8, 1, 3, 40, 300),
                conv("d", 2, 4, 3, 560, 200)};
  // The depthwise one: 40 of 1200 PE cycles in MACs, 60 in psums, 300 waiting.
  auto& depthwise = run.layers[2].stats.pe_cycles;
  depthwise[stats::PeState::psum_accumulate] = 60;
  depthwise[stats::PeState::wait_ifmap] = 300;
  depthwise[stats::PeState::unmapped] = 800;
  run.layers[1].stats.links[static_cast<std::size_t>(stats::Link::weight)] = {90, 0, 10};
  return run;
}

TEST(ByKind, TellsKindsOfConvolutionsApart) {
  EXPECT_EQ(kind_of(conv("", 1, 8, 1, 1, 1).layer), "conv 1x1");
  EXPECT_EQ(kind_of(conv("", 8, 1, 3, 1, 1).layer), "depthwise 3x3");
  EXPECT_EQ(kind_of(conv("", 2, 4, 5, 1, 1).layer), "grouped 5x5");
  Layer fc = conv("", 1, 8, 1, 1, 1).layer;
  fc.kind = LayerKind::fc;
  EXPECT_EQ(kind_of(fc), "fc");
}

TEST(ByKind, AddsUpTheSlowestFirst) {
  const auto kinds = by_kind(run());
  ASSERT_EQ(kinds.size(), 3U);
  EXPECT_EQ(kinds[0].kind, "depthwise 3x3");
  EXPECT_EQ(kinds[1].kind, "conv 1x1");
  EXPECT_EQ(kinds[2].kind, "grouped 3x3");
  EXPECT_EQ(kinds[1].layers, 2U);
  EXPECT_EQ(kinds[1].metrics.macs, 400);
  EXPECT_EQ(kinds[1].metrics.cycles, 200);
  EXPECT_DOUBLE_EQ(kinds[1].metrics.mac_utilization, 0.5);
  EXPECT_EQ(kinds[1].bound_by,
            (std::vector<std::pair<std::string_view, std::size_t>>{{"MAC", 1}, {"weight", 1}}));
}

TEST(ByKind, TableHasSharesThatAddUp) {
  const std::string table = by_kind_table(run());
  std::istringstream lines(table);
  std::vector<std::string> rows;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), kTableWidth);
    rows.push_back(line);
  }
  ASSERT_EQ(rows.size(), 12U) << table;
  // 40 of 1000 MACs, 300 of 700 us, 40 MACs in 300 cycles of 4 PEs.
  EXPECT_EQ(rows[2], "depthwise 3x3      1     4.0       40    4.0   300.00   42.9    3.3 | MAC 1");
  EXPECT_EQ(rows[5], "total              4   100.0     1000  100.0   700.00  100.0   35.7 |");
  EXPECT_NE(rows[3].find("| MAC 1 weight 1"), std::string::npos);
  // Of 1200, 800 and 800 PE cycles.
  EXPECT_EQ(rows[6], "");
  const std::vector<std::string> starts = {"PE cycles [%]    MAC  psums |  wait for ifmap weight",
                                           "depthwise 3x3    3.3    5.0 |            25.0    0.0",
                                           "conv 1x1        50.0    0.0 |             0.0    0.0",
                                           "grouped 3x3     70.0    0.0 |             0.0    0.0",
                                           "total           35.7    2.1 |            10.7    0.0"};
  for (std::size_t i = 0; i < starts.size(); ++i) EXPECT_TRUE(rows[7 + i].starts_with(starts[i])) << table;
  EXPECT_TRUE(rows[8].ends_with("     66.7")) << table;
}

TEST(ByKind, BarsStandBelowEachOtherWhereBoundsTakeTwoLines) {
  RunResult many = run();
  many.layers.clear();
  for (const auto link :
       {stats::Link::ifmap, stats::Link::weight, stats::Link::psum_in, stats::Link::psum_out}) {
    many.layers.push_back(conv("a", 1, 8, 1, 4, 100));
    many.layers.back().stats.links[static_cast<std::size_t>(link)] = {100, 0, 0};
  }
  std::istringstream lines(by_kind_table(many));
  std::vector<std::string> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(line);
  EXPECT_EQ(rows[3].find_first_not_of(' '), rows[2].find('|')) << rows[3];
}

}  // namespace
}  // namespace weir::report
