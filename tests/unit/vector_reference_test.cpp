// The definition of each function of a memory-bound layer, on words counted by hand.
#include "workload/vector_reference.h"

#include <gtest/gtest.h>

#include "support/one_layer.h"

namespace weir {
namespace {

using Words = std::vector<std::int64_t>;

/// Outputs as signed numbers.
Words outputs(const std::string& line, const std::vector<std::int16_t>& operands, std::int64_t batch = 1) {
  Words signed_words;
  for (const std::uint32_t word : reference_vector(test::one_layer(line, batch).vector_work.values, operands))
    signed_words.push_back(static_cast<std::int32_t>(word));
  return signed_words;
}

std::string pool(const std::string& operation, const std::string& more) {
  return "{name: a, kind: pool, operation: " + operation + ", " + more + "}";
}

std::string two(const std::string& operation) {
  return "{name: a, kind: elementwise, operation: " + operation +
         ", inputs: [[2, 2], [2, 2]], output: [2, 2]}";
}

// 1 -2  3
// 4 -5  6      in windows of 2 x 2
// 7 -8 -9
const std::vector<std::int16_t> kPlane = {1, -2, 3, 4, -5, 6, 7, -8, -9};
const std::string kWindows = "inputs: [[1, 3, 3]], output: [1, 2, 2], filter: [2, 2]";

TEST(VectorReference, PoolsWindows) {
  EXPECT_EQ(outputs(pool("max", kWindows), kPlane), (Words{4, 6, 7, 6}));
  EXPECT_EQ(outputs(pool("min", kWindows), kPlane), (Words{-5, -5, -8, -9}));
  EXPECT_EQ(outputs(pool("sum", kWindows), kPlane), (Words{-2, 2, -2, -16}));
}

// -2, 2, -2 and -16 over 4: -0.5 and 0.5 go away from zero.
TEST(VectorReference, AveragesRoundHalfAwayFromZero) {
  EXPECT_EQ(outputs(pool("average", kWindows), kPlane), (Words{-1, 1, -1, -4}));
  // Over 3: 1/3, 2/3, -1/3, -2/3.
  const std::string three = "inputs: [[1, 4, 3]], output: [1, 4, 1], filter: [1, 3]";
  EXPECT_EQ(outputs(pool("average", three), {1, 0, 0, 1, 1, 0, -1, 0, 0, -1, -1, 0}), (Words{0, 1, 0, -1}));
}

TEST(VectorReference, PaddingIsInNoMaximumAndInAveragesWhereItIsSaid) {
  // A row of -3 -6 -9 in windows of 3, one word of padding on each side.
  const std::string row = "inputs: [[1, 3]], output: [1, 3], filter: [1, 3], padding: [0, 1]";
  EXPECT_EQ(outputs(pool("max", row), {-3, -6, -9}), (Words{-3, -3, -6}));
  EXPECT_EQ(outputs(pool("average", row), {-3, -6, -9}), (Words{-5, -6, -8}));  // -4.5, -6, -7.5
  EXPECT_EQ(outputs(pool("average", row + ", counts_padding: true"), {-3, -6, -9}), (Words{-3, -6, -5}));
  // A stride of 2 rounded up: the last window has one word, and what it has beyond the end is no padding.
  const std::string up = "inputs: [[1, 3]], output: [1, 2], filter: [1, 2], stride: [1, 2]";
  EXPECT_EQ(outputs(pool("average", up + ", counts_padding: true"), {-3, -6, -9}), (Words{-5, -9}));
}

TEST(VectorReference, WindowsStepAndSpread) {
  // 0 to 6, words 2 apart, every 3: {0, 2}, {3, 5}.
  EXPECT_EQ(outputs(pool("sum",
                         "inputs: [[1, 7]], output: [1, 2], filter: [1, 2], stride: [1, 3], "
                         "dilation: [1, 2]"),
                    {0, 1, 2, 3, 4, 5, 6}),
            (Words{2, 8}));
}

TEST(VectorReference, CombinesOperands) {
  const std::vector<std::int16_t> words = {1, -2, 300, -32768, 10, 20, -300, -32768};
  EXPECT_EQ(outputs(two("add"), words), (Words{11, 18, 0, -65536}));
  EXPECT_EQ(outputs(two("subtract"), words), (Words{-9, -22, 600, 0}));
  EXPECT_EQ(outputs(two("multiply"), words), (Words{10, -40, -90000, 1073741824}));
  EXPECT_EQ(outputs(two("max"), words), (Words{10, 20, 300, -32768}));
  EXPECT_EQ(outputs(two("min"), words), (Words{1, -2, -300, -32768}));
}

// 2^15 * 2^15 * -3 = -3 * 2^30, which 32 bits hold as 2^30.
TEST(VectorReference, ProductsWrapAt32Bits) {
  EXPECT_EQ(outputs("{name: a, kind: elementwise, operation: multiply, inputs: [[1], [1], [1]], output: [1]}",
                    {-32768, -32768, -3}),
            (Words{1073741824}));
}

TEST(VectorReference, StretchesOperandsAsNumpyDoes) {
  const std::string line =
      "{name: a, kind: elementwise, operation: add, inputs: [[2, 2], [2, 1], [2]], output: [2, 2]}";
  // 1 2 / 3 4, plus 10 / 20, plus 100 200.
  EXPECT_EQ(outputs(line, {1, 2, 3, 4, 10, 20, 100, 200}), (Words{111, 212, 123, 224}));
  // Two images: each operand has both, one behind the other.
  EXPECT_EQ(outputs("{name: a, kind: elementwise, operation: add, inputs: [[2], [1]], output: [2]}",
                    {1, 2, 3, 4, 10, 20}, 2),
            (Words{11, 12, 23, 24}));
}

TEST(VectorReference, NegativeWordsBecomeZero) {
  EXPECT_EQ(outputs("{name: a, kind: activation, operation: relu, inputs: [[3]], output: [3]}", {-1, 0, 2}),
            (Words{0, 0, 2}));
  EXPECT_EQ(
      outputs("{name: a, kind: elementwise, operation: add, inputs: [[2], [2]], output: [2], then: relu}",
              {-3, 3, 2, -2}),
      (Words{0, 1}));
}

TEST(VectorReference, PutsWordsElsewhere) {
  const std::string copy = "{name: a, kind: copy, inputs: [[2, 3]], operation: ";
  const std::vector<std::int16_t> words = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(outputs(copy + "reshape, output: [3, 2]}", words), (Words{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(outputs(copy + "transpose, order: [1, 0], output: [3, 2]}", words), (Words{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(outputs(copy + "slice, begin: [1, 0], step: [1, 2], output: [1, 2]}", words), (Words{4, 6}));
  EXPECT_EQ(outputs(copy + "repeat, output: [2, 6]}", words), (Words{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6}));
  EXPECT_EQ(outputs("{name: a, kind: concat, axis: 1, inputs: [[2, 1], [2, 2]], output: [2, 3]}", words),
            (Words{1, 3, 4, 2, 5, 6}));
}

}  // namespace
}  // namespace weir
