#include <gtest/gtest.h>

#include <random>

#include "mapper/mapper.h"
#include "support/errors.h"
#include "support/shipped.h"
#include "support/small_case.h"

namespace weir {
namespace {

using test::draw_small;
using test::eyeriss_prices;
using test::rule;
using test::Small;

TEST(MapperRefusals, SaysOfEachRuleWhyItHasNoMapping) {
  Small small = draw_small(0);
  small.layer.bounds[Dimension::M] = 1000;
  small.layer.bounds[Dimension::N] = 999;
  Dataflow both = rule("{dataflow: two, dram: [G, N, C, P, Q, R, S]}");
  both.alternatives = {rule("{dataflow: two, dram: [G, M, C, P, Q, R, S]}")};
  const std::string error =
      test::error_of([&] { find_mappings(small.layer, small.accelerator, eyeriss_prices(), both, {}); });
  EXPECT_NE(error.find("over M cannot cover 1000"), std::string::npos) << error;
  EXPECT_NE(error.find("; or the loops that two allows over N cannot cover 999"), std::string::npos) << error;
}

/// A rule that wants two images in a PE has no place for a step's three.
TEST(MapperRefusals, SaysWhatAStepIs) {
  Small small = draw_small(0);
  small.layer.bounds.values.fill(1);
  small.layer.bounds[Dimension::N] = 12;
  small.layer.steps = 4;
  const auto error = [&](const std::string& text) {
    return test::error_of(
        [&] { find_mappings(small.layer, small.accelerator, eyeriss_prices(), rule(text), {}); });
  };
  EXPECT_NE(
      error("{dataflow: t, pe: [N=2], global_buffer: [N], dram: [N]}").find("over N cannot cover 12 on "),
      std::string::npos);
  EXPECT_NE(error("{dataflow: t, pe: [N=2], global_buffer: [N], dram: [N]}")
                .find(" columns (N=4 at dram, and exactly N=3, a step's share, inside)"),
            std::string::npos);
  EXPECT_EQ(error("{dataflow: t, pe: [N=3], dram: [N]}"), "no error");
  small.accelerator.networks.delivery = DeliveryKind::systolic;
  small.accelerator.pe = {0, 1, 0, 0, false};
  small.layer.bounds[Dimension::N] = 1;
  small.layer.bounds[Dimension::P] = 12;
  const std::string rest = ", pe_columns: [M], pe: [C], global_buffer: [P], dram: [P], keep: {weight: any}}";
  small.accelerator.pe = {0, 0, 1, 0, false};
  const std::string systolic = error("{dataflow: s, pe_rows: [P=2]" + rest);
  EXPECT_NE(systolic.find("cannot cover the layer (P=4 at dram, and exactly P=3, a step's share, inside)"),
            std::string::npos)
      << systolic;
}

/// A layer that the array's tile fits and the buffer, but in more steps than there may be: the reason is
/// these.
TEST(MapperRefusals, SaysThatThereAreTooManySteps) {
  Small small = draw_small(0);
  Layer& layer = small.layer;
  layer.bounds.values.fill(1);
  layer.bounds[Dimension::P] = layer.bounds[Dimension::Q] = std::int64_t{1} << 20;
  layer.input = {layer.bounds[Dimension::P], layer.bounds[Dimension::Q]};
  const Dataflow systolic =
      rule("{dataflow: s, pe_rows: [C], pe_columns: [M], pe: [P], dram: [P], keep: {weight: any}}");
  for (const DeliveryKind delivery : {DeliveryKind::multicast, DeliveryKind::systolic}) {
    small.accelerator.networks.delivery = delivery;
    small.accelerator.pe = {0, 1, 0, 0, false};
    const Dataflow& dataflow =
        delivery == DeliveryKind::systolic ? systolic : rule("{dataflow: m, dram: [P, Q]}");
    const std::string error =
        test::error_of([&] { find_mappings(layer, small.accelerator, eyeriss_prices(), dataflow, {}); });
    EXPECT_NE(error.find(": more than 17179869184 steps of the array, the most allowed"), std::string::npos)
        << error;
  }
}

/// Whatever a refusal says, it names no negative number.
TEST(MapperRefusals, RefusesWithPositiveNumbers) {
  std::size_t refused = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Small small = draw_small(seed);
    std::mt19937_64 engine(seed);
    for (const Dimension d : kAllDimensions) {
      if (engine() % 3 == 0) small.layer.bounds[d] = std::int64_t{1} << engine() % 14;
    }
    Layer& layer = small.layer;
    layer.input = {(layer.bounds[Dimension::P] - 1) * layer.stride.vertical +
                       (layer.bounds[Dimension::R] - 1) * layer.dilation.vertical + 1,
                   (layer.bounds[Dimension::Q] - 1) * layer.stride.horizontal +
                       (layer.bounds[Dimension::S] - 1) * layer.dilation.horizontal + 1};
    layer.padding = {};
    layer.spacing = {};
    const Space space(layer, small.accelerator, small.dataflow, {});
    if (space.count() > 0) continue;
    ++refused;
    EXPECT_EQ(space.why_empty().find(" -"), std::string::npos) << seed << " " << space.why_empty();
    EXPECT_EQ(space.why_empty().find(" 0 too many"), std::string::npos) << seed << " " << space.why_empty();
  }
  EXPECT_GT(refused, 20U);
}

}  // namespace
}  // namespace weir
