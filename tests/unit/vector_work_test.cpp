// What a memory-bound layer says of its values, and what it must not say.
#include <gtest/gtest.h>

#include "support/errors.h"
#include "support/one_layer.h"

namespace weir {
namespace {

using test::one_layer;
using test::replaced;

std::string error(const std::string& line) {
  return test::error_of([&] { one_layer(line); });
}

const std::string kPool =
    "{name: a, kind: pool, operation: average, inputs: [[2, 9, 8]], output: [2, 5, 8], filter: [3, 2], "
    "stride: [2, 1], padding: [1, 0, 1, 1], counts_padding: true, operations_per_output: 6}";
const std::string kAdd =
    "{name: a, kind: elementwise, operation: add, inputs: [[2, 3, 4], [3, 1]], output: [2, 3, 4]}";
const std::string kSlice =
    "{name: a, kind: copy, operation: slice, inputs: [[5, 8]], output: [2, 3], begin: [1, 2], step: [3, 2]}";

TEST(VectorWork, ReadsPooling) {
  const Layer layer = one_layer(kPool, 3);
  const VectorValues& values = layer.vector_work.values;
  EXPECT_TRUE(layer.has_values());
  EXPECT_TRUE(values.is_pool);
  EXPECT_EQ(values.function, VectorFunction::average);
  EXPECT_EQ(values.images, 3);
  EXPECT_EQ(values.inputs, (std::vector<TensorShape>{{2, 9, 8}}));
  EXPECT_EQ(values.output, (TensorShape{2, 5, 8}));
  EXPECT_EQ(values.filter, (Plane{3, 2}));
  EXPECT_EQ(values.stride, (Plane{2, 1}));
  EXPECT_EQ(values.padding, (Padding{1, 0, 1, 1}));
  EXPECT_TRUE(values.counts_padding);
  EXPECT_EQ(layer.vector_work.words_in, 3 * 144);
  EXPECT_EQ(layer.vector_work.words_out, 3 * 80);
  EXPECT_EQ(layer.vector_work.operations, 3 * 80 * 6);
}

// What a layer costs is the same with and without values; only of a slice less is read than there is.
TEST(VectorWork, ValuesCostNothing) {
  const std::string plain =
      "{name: a, kind: pool, inputs: [[2, 9, 8]], output: [2, 5, 8], operations_per_output: 6}";
  const VectorWork with = one_layer(kPool).vector_work, without = one_layer(plain).vector_work;
  EXPECT_FALSE(one_layer(plain).has_values());
  EXPECT_EQ(with.words_in, without.words_in);
  EXPECT_EQ(with.words_out, without.words_out);
  EXPECT_EQ(with.operations, without.operations);
  EXPECT_EQ(one_layer(kSlice).vector_work.words_in, 6);
}

TEST(VectorWork, RoundsTheNumberOfWindowsEitherWay) {
  // (9 + 2 - 3) / 3 = 2.67: 3 windows, or 4 with the one that stands over the end.
  const std::string by_three = replaced(kPool, "stride: [2, 1]", "stride: [3, 1]");
  EXPECT_EQ(error(replaced(by_three, "output: [2, 5, 8]", "output: [2, 3, 8]")), "no error");
  EXPECT_EQ(error(replaced(by_three, "output: [2, 5, 8]", "output: [2, 4, 8]")), "no error");
  EXPECT_EQ(error(by_three),
            "w.yaml:3:76: error: 5 rows; allowed is 3 or 4, from the filter, its stride and the padding (in "
            "layers[0].output)");
  EXPECT_EQ(error(replaced(kPool, "[2, 5, 8]", "[2, 5, 9]")),
            "w.yaml:3:76: error: 9 columns; allowed is 8, from the filter, its stride and the padding (in "
            "layers[0].output)");
}

TEST(VectorWork, RefusesWindowsThatDoNotFit) {
  EXPECT_EQ(error(replaced(kPool, "filter: [3, 2], ", "")),
            "w.yaml:3:5: error: missing key \"filter\" (in layers[0])");
  EXPECT_EQ(
      error(replaced(kPool, "[3, 2]", "[12, 2]")),
      "w.yaml:3:95: error: the filter spans 12 rows, dilation included; allowed is up to the padded input's "
      "11 (in layers[0].filter)");
  EXPECT_EQ(
      error(replaced(kPool, "output: [2, 5, 8]", "output: [3, 5, 8]")),
      "w.yaml:3:76: error: extent 0 of the output is 3; allowed is the input's 2 (in layers[0].output)");
  EXPECT_EQ(
      error("{name: a, kind: pool, operation: max, inputs: [[4, 4]], output: [6, 4], filter: [1, 1], "
            "padding: [1, 0]}"),
      "w.yaml:3:85: error: a window of padding only, among rows; allowed are windows with a word of the "
      "input (in layers[0].filter)");
  EXPECT_EQ(
      error("{name: a, kind: pool, operation: max, inputs: [[4, 4]], output: [4, 3], filter: [1, 1], "
            "stride: [1, 2]}"),
      "w.yaml:3:85: error: a window of padding only, among columns; allowed are windows with a word of the "
      "input (in layers[0].filter)");
  // Words 3 apart, from 4 before the input on: none is in its 1 row, as 2 before and 1 behind are met.
  EXPECT_EQ(
      error("{name: a, kind: pool, operation: max, inputs: [[1, 4]], output: [4, 4], filter: [2, 1], "
            "padding: [2, 0, 4, 0], dilation: [3, 1]}"),
      "w.yaml:3:85: error: a window of padding only, among rows; allowed are windows with a word of the "
      "input (in layers[0].filter)");
  EXPECT_EQ(error("{name: a, kind: pool, operation: max, inputs: [[4]], output: [4], filter: [1, 1]}"),
            "w.yaml:3:51: error: an input without rows and columns; allowed are two extents or more (in "
            "layers[0].inputs)");
}

TEST(VectorWork, RefusesOperandsThatDoNotFit) {
  EXPECT_EQ(error(kAdd), "no error");
  EXPECT_EQ(
      error(replaced(kAdd, "[3, 1]", "[2, 1]")),
      "w.yaml:3:70: error: an input [2, 1] of an output [2, 3, 4]; allowed are the output's extents, counted "
      "from the last, or 1 (in layers[0].inputs[1])");
  EXPECT_EQ(error(replaced(kAdd, "[2, 3, 4], [3, 1]", "[2, 3, 1], [3, 1]")),
            "w.yaml:3:87: error: the inputs reach [2, 3, 1]; allowed is an output of these extents (in "
            "layers[0].output)");
  EXPECT_EQ(
      error(replaced(kAdd, ", [3, 1]", "")),
      "w.yaml:3:58: error: one input; allowed are two or more for this operation (in layers[0].inputs)");
  EXPECT_EQ(error("{name: a, kind: concat, axis: 1, inputs: [[2, 3], [2, 1]], output: [2, 5]}"),
            "w.yaml:3:72: error: the inputs have 4 on axis 1, the output 5; allowed is the same (in "
            "layers[0].output)");
  EXPECT_EQ(
      error("{name: a, kind: concat, axis: 0, inputs: [[2, 3], [2, 1]], output: [4, 3]}"),
      "w.yaml:3:55: error: an input [2, 1] of an output [4, 3]; allowed are its extents, but on axis 0 (in "
      "layers[0].inputs[1])");
  EXPECT_EQ(error("{name: a, kind: concat, axis: 2, inputs: [[2, 3]], output: [2, 3]}"),
            "w.yaml:3:35: error: axis is 2; allowed is 0 to 1 (in layers[0].axis)");
}

TEST(VectorWork, RefusesCopiesThatDoNotFit) {
  EXPECT_EQ(error(kSlice), "no error");
  EXPECT_EQ(error(replaced(kSlice, "step: [3, 2]", "step: [4, 2]")),
            "w.yaml:3:71: error: the slice ends at place 5 of axis 0; allowed is less than the input's 5 (in "
            "layers[0].output)");
  EXPECT_EQ(error(replaced(kSlice, "begin: [1, 2], ", "")),
            "w.yaml:3:5: error: missing key \"begin\" (in layers[0])");
  const std::string transpose =
      "{name: a, kind: copy, operation: transpose, order: [1, 0], inputs: [[5, 8]], output: [8, 5]}";
  EXPECT_EQ(error(transpose), "no error");
  EXPECT_EQ(error(replaced(transpose, "[1, 0]", "[1, 1]")),
            "w.yaml:3:56: error: axis 1 twice; allowed is each axis once (in layers[0].order)");
  EXPECT_EQ(error(replaced(transpose, "[8, 5]", "[5, 8]")),
            "w.yaml:3:90: error: extent 0 of the output is 5; allowed is that of the input's axis 1, 8 (in "
            "layers[0].output)");
  EXPECT_EQ(error("{name: a, kind: copy, operation: repeat, inputs: [[5, 8]], output: [10, 12]}"),
            "w.yaml:3:72: error: extent 1 of the output is 12; allowed are multiples of the input's 8 (in "
            "layers[0].output)");
  EXPECT_EQ(error("{name: a, kind: copy, operation: reshape, inputs: [[5, 8]], output: [4, 11]}"),
            "w.yaml:3:73: error: an output of 44 words; allowed are as many as the input has, 40 (in "
            "layers[0].output)");
  EXPECT_EQ(error("{name: a, kind: copy, operation: repeat, inputs: [[5, 8], [5, 8]], output: [10, 8]}"),
            "w.yaml:3:54: error: 2 inputs; allowed is one for this operation (in layers[0].inputs)");
}

TEST(VectorWork, RefusesFunctionsOfOtherKinds) {
  EXPECT_EQ(error(replaced(kAdd, "operation: add", "operation: average")),
            "w.yaml:3:45: error: operation is \"average\"; allowed is add, subtract, multiply, max, min (in "
            "layers[0].operation)");
  EXPECT_EQ(
      error("{name: a, kind: softmax, operation: max, inputs: [[4]], output: [4]}"),
      "w.yaml:3:30: error: unknown key \"operation\"; allowed is name, kind, steps, batch, inputs, output, "
      "operations_per_output (in layers[0])");
  EXPECT_EQ(error("{name: a, kind: norm, then: relu, inputs: [[4]], output: [4]}"),
            "w.yaml:3:27: error: unknown key \"then\"; allowed is name, kind, steps, batch, inputs, output, "
            "operations_per_output (in layers[0])");
  EXPECT_EQ(error(replaced(kAdd, "operation: add", "operation: add, then: sigmoid")),
            "w.yaml:3:56: error: then is \"sigmoid\"; allowed is relu (in layers[0].then)");
  EXPECT_EQ(error(replaced(kPool, "average", "max")),
            "w.yaml:3:138: error: unknown key \"counts_padding\"; allowed is name, kind, steps, batch, "
            "inputs, output, "
            "operations_per_output, operation, filter, stride, dilation, padding, then (in layers[0])");
}

}  // namespace
}  // namespace weir
