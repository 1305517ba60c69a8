#include "mapping/own_words.h"

#include <gtest/gtest.h>

#include <set>

namespace weir {
namespace {

TEST(OwnWords, StandBetweenThePaddingAndSpacingApart) {
  Layer layer;
  layer.input = {5, 4};
  layer.padding = {2, 1, 0, 3};
  layer.spacing = {2, 1};
  const OwnWords rows = own_rows(layer), columns = own_columns(layer);
  std::set<std::int64_t> own_rows, own_columns;
  for (std::int64_t at = 0; at < 10; ++at) {
    if (rows.has(at)) own_rows.insert(at);
    if (columns.has(at)) own_columns.insert(at);
  }
  EXPECT_EQ(own_rows, (std::set<std::int64_t>{2, 4, 6}));
  EXPECT_EQ(own_columns, (std::set<std::int64_t>{1, 2, 3, 4}));
}

/// The words of a tile, one by one.
std::set<std::int64_t> words_of(const AxisTile& tile) {
  std::set<std::int64_t> words;
  for (std::int64_t i = 0; i < tile.outputs; ++i) {
    for (std::int64_t j = 0; j < tile.taps; ++j)
      words.insert(tile.first + i * tile.stride + j * tile.dilation);
  }
  return words;
}

TEST(OwnWords, AreCountedInTilesAndInWhatTilesShare) {
  std::size_t tried = 0;
  for (const OwnWords own : {OwnWords{0, 9, 1}, OwnWords{3, 5, 1}, OwnWords{2, 3, 2}, OwnWords{1, 1, 3}}) {
    for (const std::int64_t stride : {1, 2, 3}) {
      for (const std::int64_t dilation : {1, 2, 3}) {
        for (const std::int64_t outputs : {1, 2, 4}) {
          for (const std::int64_t taps : {1, 2, 3}) {
            for (std::int64_t first = 0; first < 8; ++first) {
              const AxisTile tile{first, outputs, taps, stride, dilation};
              const AxisTile other{4, 3, taps, stride, dilation};
              std::int64_t in = 0, in_both = 0;
              const auto words = words_of(tile), others = words_of(other);
              for (const std::int64_t at : words) {
                in += own.has(at) ? 1 : 0;
                in_both += own.has(at) && others.count(at) > 0 ? 1 : 0;
              }
              EXPECT_EQ(own.in(tile), in);
              EXPECT_EQ(own.in_both(tile, other), in_both);
              EXPECT_EQ(own.in_both(other, tile), in_both);
              if (own.has_all(tile)) {
                EXPECT_EQ(in, tile.words());
              }
              ++tried;
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(tried, 4U * 81U * 8U);
}

}  // namespace
}  // namespace weir
