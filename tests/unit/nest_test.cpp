#include "mapping/nest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "mapping/array_shape.h"
#include "mapping/delivery.h"
#include "mapping/footprint.h"
#include "support/random_case.h"

namespace weir {
namespace {

using enum Dimension;

Layer one_row(std::int64_t outputs, std::int64_t taps, std::int64_t stride) {
  Layer layer;
  layer.name = "row";
  layer.bounds.values.fill(1);
  layer.bounds[Q] = outputs;
  layer.bounds[S] = taps;
  layer.stride.horizontal = stride;
  layer.input = {1, (outputs - 1) * stride + taps};
  return layer;
}

TEST(Nest, CutsTheLastTileAndSkipsIterationsWithoutWork) {
  const Layer layer = one_row(7, 1, 1);
  Mapping mapping;
  mapping.at(Level::dram) = {{Q, 2}};
  mapping.at(Level::global_buffer) = {{Q, 2}};
  mapping.at(Level::pe) = {{Q, 3}};
  // A tile of the buffer spans 2 * 3 = 6 outputs: tiles [6, 1], steps [3, 3] and [1].
  const LoopNest nest(mapping, layer);
  StepWalker step(nest);
  std::vector<std::array<std::int64_t, 3>> seen;  // base, extent, first of its buffer tile
  do {
    seen.push_back({step.tile().base[Q], step.tile().extents[Q], step.enters_buffer_tile() ? 1 : 0});
  } while (step.next());
  const std::vector<std::array<std::int64_t, 3>> expected{{0, 3, 1}, {3, 3, 0}, {6, 1, 1}};
  EXPECT_EQ(seen, expected);
}

TEST(Nest, FoldsOneDimensionOverRowsAndColumns) {
  // The 27 output rows of AlexNet's conv2 on 2 x 14 places, 5 filter rows each: 135 PEs in 27 chains of 5.
  Layer layer;
  layer.bounds.values.fill(1);
  layer.bounds[P] = 27;
  layer.bounds[R] = 5;
  Mapping mapping;
  mapping.at(Level::pe_rows) = {{P, 2}, {R, 5}};
  mapping.at(Level::pe_columns) = {{P, 14}};
  const LoopNest nest(mapping, layer);
  ArrayShapes shapes(nest);
  const ArrayShape& shape = shapes.at(nest.tile(Level::pe_rows));
  EXPECT_EQ(shape.active.size(), 135U);
  ASSERT_EQ(shape.chains.size(), 27U);
  EXPECT_EQ(shapes.pes(), 10 * 14);
  const Chain& last = shape.chains.back();  // output row 26: rows 5 to 9 of column 12
  ASSERT_EQ(last.members.size(), 5U);
  EXPECT_EQ(shape.active[last.members.front()].pe, 5 * 14 + 12);
  EXPECT_EQ(shape.active[last.members.back()].pe, 9 * 14 + 12);
}

TEST(Footprint, CountsWordsOfSlidingWindowsByHand) {
  EXPECT_EQ(axis_words(55, 11, 4, 1), 227);  // conv1: a whole row
  EXPECT_EQ(axis_words(3, 1, 4, 1), 3);      // gaps between the windows
  EXPECT_EQ(axis_words(2, 3, 1, 2), 6);      // 0 2 4, 1 3 5
  EXPECT_EQ(axis_words(3, 3, 2, 2), 5);      // 0 2 4 6 8
}

TEST(Footprint, ClosedFormEqualsEnumeration) {
  for (std::int64_t outputs = 1; outputs <= 6; ++outputs)
    for (std::int64_t taps = 1; taps <= 5; ++taps)
      for (std::int64_t stride = 1; stride <= 6; ++stride)
        for (std::int64_t dilation = 1; dilation <= 4; ++dilation) {
          std::set<std::int64_t> words;
          for (std::int64_t i = 0; i < outputs; ++i)
            for (std::int64_t j = 0; j < taps; ++j) words.insert(i * stride + j * dilation);
          EXPECT_EQ(axis_words(outputs, taps, stride, dilation), static_cast<std::int64_t>(words.size()));
        }
}

TEST(Delivery, AWindowThatSlidesFetchesItsNewColumnsOnly) {
  // One PE, 3 taps, stride 2: words 0 1 2, then 3 4 with 2 kept and 2 given up; weights once.
  const Layer layer = one_row(3, 3, 2);
  Mapping mapping;
  mapping.at(Level::global_buffer) = {{Q, 3}};
  mapping.at(Level::pe) = {{S, 3}};
  const LoopNest nest(mapping, layer);
  ArrayShapes shapes(nest);
  DeliveryPlanner ifmap(Tensor::ifmap, layer, 1);
  DeliveryPlanner weight(Tensor::weight, layer, 1);
  StepWalker step(nest);
  std::vector<std::size_t> new_words, new_weights;
  std::vector<std::int64_t> given_up;
  do {
    const ArrayShape& shape = shapes.at(step.tile().extents);
    const Delivery& delivery = ifmap.next(step.tile(), shape);
    new_words.push_back(delivery.words.size());
    given_up.push_back(delivery.releases.empty() ? 0 : delivery.releases.front().words);
    new_weights.push_back(weight.next(step.tile(), shape).words.size());
  } while (step.next());
  EXPECT_EQ(new_words, (std::vector<std::size_t>{3, 2, 2}));
  EXPECT_EQ(given_up, (std::vector<std::int64_t>{0, 2, 2}));
  EXPECT_EQ(new_weights, (std::vector<std::size_t>{3, 0, 0}));
}

TEST(Delivery, ADiagonalOfPesSharesEachRowInOneMulticast) {
  // 2 filter rows x 3 output rows: ifmap row h goes to the PEs with p + r = h: 1, 2, 2, 1 of them.
  Layer layer;
  layer.bounds.values.fill(1);
  layer.bounds[P] = 3;
  layer.bounds[R] = 2;
  layer.input = {4, 1};
  Mapping mapping;
  mapping.at(Level::pe_rows) = {{R, 2}};
  mapping.at(Level::pe_columns) = {{P, 3}};
  const LoopNest nest(mapping, layer);
  ArrayShapes shapes(nest);
  DeliveryPlanner planner(Tensor::ifmap, layer, 6);
  const Delivery& delivery = planner.next(nest.whole(), shapes.at(nest.tile(Level::pe_rows)));
  std::map<std::int64_t, std::size_t> receivers_of_row;
  delivery.for_each_word([&](std::size_t i, std::span<const std::int32_t> pes) {
    receivers_of_row[delivery.words[i][3]] = pes.size();
  });
  EXPECT_EQ(receivers_of_row, (std::map<std::int64_t, std::size_t>{{0, 1}, {1, 2}, {2, 2}, {3, 1}}));
}

/// The words that PEs need in a step and do not hold yet: who takes which.
std::map<Coordinates, std::vector<std::int32_t>> new_words(Tensor tensor, const Layer& layer,
                                                           const Tile& tile, const ArrayShape& shape,
                                                           std::vector<std::set<Coordinates>>& held) {
  std::map<Coordinates, std::vector<std::int32_t>> receivers;
  for (const ActivePe& active : shape.active) {
    std::set<Coordinates> needed;
    for_each_word(footprint(tensor, moved(active.tile, tile.base), layer),
                  [&](const Coordinates& word) { needed.insert(word); });
    std::set<Coordinates>& holds = held[static_cast<std::size_t>(active.pe)];
    for (const Coordinates& word : needed) {
      if (!holds.contains(word)) receivers[word].push_back(static_cast<std::int32_t>(active.pe));
    }
    holds = std::move(needed);
  }
  return receivers;
}

TEST(Delivery, RunsAreOfAllNewWordsAndOfThoseWithTheSameReceivers) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const test::RandomCase drawn = test::draw_case(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + test::describe(drawn));
    const LoopNest nest(drawn.mapping, drawn.layer);
    for (const Tensor tensor : {Tensor::ifmap, Tensor::weight}) {
      ArrayShapes shapes(nest);
      DeliveryPlanner planner(tensor, drawn.layer, shapes.pes());
      std::vector<std::set<Coordinates>> held(static_cast<std::size_t>(shapes.pes()));
      StepWalker step(nest);
      do {
        const ArrayShape& shape = shapes.at(step.tile().extents);
        const Delivery& delivery = planner.next(step.tile(), shape);
        const Coordinates at = origin(tensor, step.tile().base, drawn.layer);
        std::map<Coordinates, std::vector<std::int32_t>> sent;
        std::int64_t received = 0;
        delivery.for_each_word([&](std::size_t i, std::span<const std::int32_t> pes) {
          Coordinates word = delivery.words.at(i);
          for (std::size_t axis = 0; axis < kAxes; ++axis) word[axis] += at[axis];
          sent[word].assign(pes.begin(), pes.end());
          received += static_cast<std::int64_t>(pes.size());
        });
        ASSERT_EQ(sent, new_words(tensor, drawn.layer, step.tile(), shape, held));
        ASSERT_EQ(sent.size(), delivery.words.size());
        ASSERT_EQ(received, delivery.received);
        for (std::size_t i = 1; i < delivery.runs.size(); ++i) {
          ASSERT_FALSE(std::ranges::equal(delivery.to(delivery.runs[i - 1]), delivery.to(delivery.runs[i])));
        }
      } while (step.next());
    }
  }
}

TEST(Nest, StepsCoverEveryMacOnce) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const test::RandomCase drawn = test::draw_case(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + test::describe(drawn));
    const LoopNest nest(drawn.mapping, drawn.layer);
    ArrayShapes shapes(nest);
    StepWalker step(nest);
    std::int64_t macs = 0;
    do {
      for (const ActivePe& active : shapes.at(step.tile().extents).active) macs += active.macs;
    } while (step.next());
    ASSERT_EQ(macs, drawn.layer.macs());
  }
}

}  // namespace
}  // namespace weir
