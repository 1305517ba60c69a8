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
  result.stats.counts.add(stats::Component::mac, stats::Data::psum, stats::Action::mac, macs);
  result.stats.pe_cycles[stats::PeState::mac] = macs;
  return result;
}

/// Two layers of 1x1, one of them bound by the weight network, one depthwise, one grouped.
RunResult run() {
  RunResult run;
  run.accelerator.clock_mhz = 1;
  run.accelerator.rows = run.accelerator.columns = 2;
  run.energy.unit = "MAC";
  run.energy.set_price(stats::Component::mac, stats::Data::psum, stats::Action::mac, 1);
  run.layers = {conv("a", 1, 8, 1, 300, 100), conv("b", 1, 8, 1, 100, 100), conv("c", 8, 1, 3, 40, 300),
                conv("d", 2, 4, 3, 560, 200)};
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
  ASSERT_EQ(rows.size(), 6U) << table;
  // 40 of 1000 MACs, 300 of 700 us, 40 MACs in 300 cycles of 4 PEs.
  EXPECT_EQ(rows[2], "depthwise 3x3      1     4.0    0.000    4.0    0.300   42.9    3.3 | MAC 1");
  EXPECT_EQ(rows[5], "total              4   100.0    0.000  100.0    0.700  100.0   35.7 |");
  EXPECT_NE(rows[3].find("| MAC 1 weight 1"), std::string::npos);
}

}  // namespace
}  // namespace weir::report
