#include "timing/written_psums.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "support/random_case.h"

namespace weir {
namespace {

using enum Dimension;
using timing::Cycle;
using timing::WrittenPsums;

/// A layer of ones but for these bounds.
Layer layer_of(std::initializer_list<std::pair<Dimension, std::int64_t>> bounds) {
  Layer layer;
  layer.bounds.values.fill(1);
  for (const auto& [d, bound] : bounds) layer.bounds[d] = bound;
  return layer;
}

TEST(WrittenPsums, RememberAsManyAsVisitsComeBackTo) {
  // 6 psum tiles of 3 psums along Q, 4 along P.
  const Layer layer = layer_of({{P, 4}, {Q, 6}, {C, 2}});
  const auto region = [&](std::vector<Loop> dram, std::vector<Loop> buffer, bool within_step = false) {
    Mapping mapping;
    mapping.at(Level::dram) = std::move(dram);
    mapping.at(Level::global_buffer) = std::move(buffer);
    const LoopNest nest(mapping, layer);
    WrittenPsums written;
    written.begin_layer(nest, layer, 3, within_step);
    return written.region();
  };
  EXPECT_EQ(region({{C, 2}, {P, 4}}, {{Q, 6}}), 3U * 4 * 6);
  EXPECT_EQ(region({{P, 4}, {C, 2}}, {{Q, 6}}), 3U * 6);
  EXPECT_EQ(region({{P, 4}}, {{Q, 2}, {C, 2}, {Q, 3}}), 3U * 3);
  EXPECT_EQ(region({{P, 4}}, {{Q, 6}, {C, 2}}), 3U);
  const auto once = [&](bool within_step) {
    Mapping mapping;
    mapping.at(Level::dram) = {{P, 4}, {Q, 6}};
    mapping.at(Level::pe) = {{C, 2}};
    const LoopNest nest(mapping, layer);
    WrittenPsums written;
    written.begin_layer(nest, layer, 3, within_step);
    return written.region();
  };
  EXPECT_EQ(once(false), 0U);
  EXPECT_EQ(once(true), 3U);
}

TEST(WrittenPsums, TellTheLastTimeOfAllThatComesBack) {
  std::size_t came_back = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const test::RandomCase drawn = test::draw_case(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + test::describe(drawn));
    const LoopNest nest(drawn.mapping, drawn.layer);
    constexpr std::int64_t kPsums = 2;
    WrittenPsums written;
    written.begin_layer(nest, drawn.layer, kPsums, false);
    std::map<std::pair<std::array<std::int64_t, kDimensions>, std::int64_t>, Cycle> expected;
    StepWalker step(nest);
    Cycle now = 0;
    do {
      const Extents& base = step.tile().base;
      Extents psums = base;
      psums[C] = psums[R] = psums[S] = 0;
      for (std::int64_t i = 0; i < kPsums; ++i) {
        const std::int64_t place = written.place_of(base) + i;
        Cycle& last = expected[{psums.values, i}];
        ASSERT_EQ(written.time_of(place), last);
        came_back += last > 0 ? 1 : 0;
        written.note(place, last = ++now, 0);
      }
    } while (step.next());
  }
  EXPECT_GT(came_back, 1000U);
}

}  // namespace
}  // namespace weir
