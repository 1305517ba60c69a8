// A walk by steps and boxes, where long loops are walked in parts, against the plain walk of all steps.
#include "timing/step_cursor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/random_case.h"

namespace weir::timing {
namespace {

/// Compares all steps, and what each box that begins at one of them spans.
void expect_same_walk(const Layer& layer, const Mapping& mapping) {
  const LoopNest nest(mapping, layer);
  StepWalker plain(nest);
  StepCursor cursor(nest);
  const std::int64_t all = cursor.steps(0);
  bool more = true;
  do {
    ASSERT_EQ(cursor.number(), plain.number());
    ASSERT_EQ(cursor.tile().base, plain.tile().base);
    ASSERT_EQ(cursor.tile().extents, plain.tile().extents);
    ASSERT_EQ(cursor.enters_buffer_tile(), plain.enters_buffer_tile());
    for (std::size_t n = cursor.entered(); n <= cursor.loops(); ++n) {
      // Steps until a loop outside the box moves on, and the end of what they cover.
      StepCursor inside = cursor;
      Extents covered;
      std::int64_t steps = 0;
      bool inside_more = true;
      do {
        for (const Dimension d : kAllDimensions) {
          covered[d] =
              std::max(covered[d], inside.tile().base[d] + inside.tile().extents[d] - cursor.tile().base[d]);
        }
        ++steps;
        inside_more = inside.next();
      } while (inside_more && inside.entered() > n);
      ASSERT_EQ(cursor.steps(n), steps) << "box " << n << " at step " << cursor.number();
      ASSERT_EQ(cursor.extents(n), covered) << "box " << n << " at step " << cursor.number();
      StepCursor behind = cursor;
      ASSERT_EQ(behind.skip(n), inside_more);
      ASSERT_EQ(behind.number(), inside.number());
      ASSERT_EQ(behind.entered(), inside.entered());
      ASSERT_EQ(behind.tile().base, inside.tile().base);
      ASSERT_EQ(behind.tile().extents, inside.tile().extents);
    }
    more = plain.next();
    ASSERT_EQ(cursor.next(), more);
  } while (more);
  EXPECT_EQ(cursor.number(), all);
}

TEST(StepCursor, WalksBoxesOfAnyNest) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto drawn = test::draw_case(seed, seed % 2 == 0 ? test::Size::tiny : test::Size::stretched);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + test::describe(drawn));
    expect_same_walk(drawn.layer, drawn.mapping);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(StepCursor, WalksALongLoopInParts) {
  // 3 x 1000 x 2 of 5999: the loop of 1000 is one of the middle, and does not end with a part of 16.
  using enum Dimension;
  Layer layer;
  layer.bounds.values.fill(1);
  layer.bounds[C] = 5999;
  Mapping mapping;
  mapping.at(Level::dram) = {{C, 3}};
  mapping.at(Level::global_buffer) = {{C, 1000}, {C, 2}};
  expect_same_walk(layer, mapping);
  const LoopNest nest(mapping, layer);
  StepCursor cursor(nest);
  EXPECT_EQ(cursor.steps(0), 5999);
  EXPECT_EQ(cursor.steps(1), 2000);
  EXPECT_EQ(cursor.steps(cursor.loops() - 2), 32);  // 16 iterations of the loop of 1000
  for (int i = 0; i < 62; ++i) cursor.skip(cursor.loops() - 2);
  EXPECT_EQ(cursor.number(), 62 * 32);
  EXPECT_EQ(cursor.steps(cursor.loops() - 2), 16);  // the last 8 of 1000
}

}  // namespace
}  // namespace weir::timing
