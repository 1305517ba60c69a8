#include "workload/workload.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace weir {
namespace {

using test::error_of;
using test::replaced;

Workload read_of(const std::string& text, std::int64_t batch = 1) {
  return read_workload(config::Node::parse(text, "w.yaml"), batch);
}

/// The error of a workload with `layer` in its third line, from column 5 on.
std::string layer_error(const std::string& layer, std::int64_t batch = 1) {
  return error_of([&] { read_of("workload: w\nlayers:\n  - " + layer + "\n", batch); });
}

const std::string kConv =
    "{name: a, kind: conv, input: [4, 9, 8], output_channels: 6, filter: [3, 2], stride: [2, 1], groups: 2}";

TEST(Workload, ReadsAConvolution) {
  const Layer layer =
      read_of(
          "workload: w\nlayers:\n- {name: a, kind: conv, input: [4, 9, 8], output_channels: 6, filter: [3, "
          "2], "
          "stride: [2, 1], dilation: [3, 2], padding: [1, 2, 3, 4], groups: 2, ifmap_zeros: 0.5}\n",
          5)
          .layers.at(0);
  EXPECT_EQ(layer.kind, LayerKind::conv);
  // P = (9 + 1 + 3 - 3 * 2 - 1) / 2 + 1 = 4; Q = (8 + 2 + 4 - 2 * 1 - 1) / 1 + 1 = 12
  EXPECT_EQ(layer.bounds, (Extents{{2, 5, 3, 2, 4, 12, 3, 2}}));
  EXPECT_EQ(layer.stride, (Plane{2, 1}));
  EXPECT_EQ(layer.dilation, (Plane{3, 2}));
  EXPECT_EQ(layer.padding, (Padding{1, 2, 3, 4}));
  EXPECT_EQ(layer.input, (Plane{9, 8}));
  EXPECT_EQ(layer.ifmap_zeros, 0.5);
  EXPECT_EQ(layer.macs(), 2 * 5 * 3 * 2 * 4 * 12 * 3 * 2);
  EXPECT_EQ(layer.padded_rows(), 13);
  EXPECT_EQ(layer.padded_columns(), 14);
}

TEST(Workload, FillsInDefaultsAndShortForms) {
  const Layer plain = read_of(
                          "workload: w\nlayers:\n- {name: a, kind: conv, input: [1, 5, 5], output_channels: "
                          "1, filter: [3, 3]}")
                          .layers.at(0);
  EXPECT_EQ(plain.bounds, (Extents{{1, 1, 1, 1, 3, 3, 3, 3}}));
  const Layer padded = read_of(
                           "workload: w\nlayers:\n- {name: a, kind: conv, input: [1, 5, 5], output_channels: "
                           "1, filter: [3, 3], "
                           "padding: [1, 2], stride: 2}")
                           .layers.at(0);
  EXPECT_EQ(padded.padding, (Padding{1, 2, 1, 2}));
  EXPECT_EQ(padded.bounds, (Extents{{1, 1, 1, 1, 3, 4, 3, 3}}));
}

TEST(Workload, ReadsFullyConnectedLayersAndMatrixProducts) {
  const auto layers =
      read_of(
          "workload: w\nlayers:\n- {name: f, kind: fc, input: [256, 6, 5], output_channels: 40}\n"
          "- {name: m, kind: matmul, batch: 12, rows: 3, inner: 64, columns: 7}\n",
          4)
          .layers;
  EXPECT_EQ(layers.at(0).bounds, (Extents{{1, 4, 40, 256, 1, 1, 6, 5}}));
  EXPECT_EQ(layers.at(0).input, (Plane{6, 5}));
  EXPECT_EQ(layers.at(1).bounds, (Extents{{48, 1, 7, 64, 3, 1, 1, 1}}));
  EXPECT_EQ(layers.at(1).input, (Plane{3, 1}));
}

TEST(Workload, ReadsRowsAndBatchesOfLayers) {
  const auto layers =
      read_of(
          "workload: w\nlayers:\n- {name: f, kind: fc, input: [64, 1, 1], output_channels: 5, "
          "rows: 7, batch: 3}\n",
          2)
          .layers;
  EXPECT_EQ(layers.at(0).bounds, (Extents{{1, 6, 5, 64, 7, 1, 1, 1}}));
  EXPECT_EQ(layers.at(0).input, (Plane{7, 1}));
  EXPECT_EQ(layer_error("{name: f, kind: fc, input: [64, 2, 1], output_channels: 5, rows: 7}"),
            "w.yaml:3:70: error: rows of an input of planes; allowed is input: [channels, 1, 1] (in "
            "layers[0].rows)");
}

// 5 x 4 words, 2 apart: 9 x 7. Filter 3 x 2 with dilation 1 x 3 reaches 2 x 3 beyond its first tap; padding
// 1, 0 at the top, left and 0, 2 at the bottom, right leaves 1, 3 and 2, 1, and output_padding 1 x 0 adds a
// row: 13 x 11 words, outputs 11 x 8. ONNX: 2 * (5 - 1) + 1 + 3 - 1 - 0 = 11 and 2 * (4 - 1) + 0 + 4 - 0 - 2
// = 8.
TEST(Workload, ReadsATransposedConvolutionAsTheConvolutionThatItEquals) {
  const std::string text =
      "{name: t, kind: conv_transpose, input: [6, 5, 4], output_channels: 4, filter: [3, 2], stride: 2, "
      "dilation: [1, 3], padding: [1, 0, 0, 2], output_padding: [1, 0], groups: 2}";
  const Layer layer = read_of("workload: w\nlayers:\n- " + text + "\n").layers.at(0);
  EXPECT_EQ(layer.bounds, (Extents{{2, 1, 2, 3, 11, 8, 3, 2}}));
  EXPECT_EQ(layer.stride, (Plane{1, 1}));
  EXPECT_EQ(layer.spacing, (Plane{2, 2}));
  EXPECT_EQ(layer.input, (Plane{9, 7}));
  EXPECT_EQ(layer.padding, (Padding{1, 3, 3, 1}));
  EXPECT_EQ(layer_error(replaced(text, "[1, 0, 0, 2]", "[3, 0, 0, 2]")),
            "w.yaml:3:129: error: padding of 3 and 0; allowed is up to the filter's reach of 2 (in "
            "layers[0].padding)");
  EXPECT_EQ(layer_error(replaced(text, "output_padding: [1, 0]", "output_padding: [1, 2]")),
            "w.yaml:3:159: error: output_padding reaches the stride; allowed is less (in "
            "layers[0].output_padding)");
}

TEST(Workload, ReadsMemoryBoundLayers) {
  const std::string text =
      "{name: a, kind: elementwise, inputs: [[6, 5, 4], [6]], output: [6, 5, 4], operations_per_output: 2}";
  const Layer layer = read_of("workload: w\nlayers:\n- " + text + "\n", 3).layers.at(0);
  EXPECT_EQ(layer.kind, LayerKind::elementwise);
  EXPECT_TRUE(layer.is_memory_bound());
  EXPECT_EQ(layer.macs(), 0);
  EXPECT_EQ(layer.vector_work, (VectorWork{3 * 126, 3 * 120, 3 * 240}));
  EXPECT_EQ(layer_error(replaced(text, "[[6, 5, 4], [6]]", "[]")),
            "w.yaml:3:42: error: no inputs; allowed is a list of shapes (in layers[0].inputs)");
  EXPECT_EQ(layer_error(replaced(text, "[[6, 5, 4], [6]]", "[[16777216, 16777216, 4096]]")),
            "w.yaml:3:43: error: too many words; allowed is less than 2^60 (in layers[0].inputs[0])");
  EXPECT_EQ(
      layer_error(replaced(text, "name: a, ", "name: a, stride: 2, ")),
      "w.yaml:3:15: error: unknown key \"stride\"; allowed is name, kind, steps, batch, inputs, output, "
      "operations_per_output, operation (in layers[0])");
}

TEST(Workload, AlexNetHasThePublishedMacs) {
  const Workload alexnet = read_workload(config::Node::load(WEIR_SOURCE_DIR "/workloads/alexnet.yaml"), 4);
  ASSERT_EQ(alexnet.layers.size(), 8U);
  // Images x groups x M x C x P x Q x R x S; JSSC 2017, table V: 421.6, 895.7, 598.1, 448.6, 299.0 million.
  const std::int64_t macs[] = {4LL * 96 * 3 * 55 * 55 * 11 * 11,
                               4LL * 2 * 128 * 48 * 27 * 27 * 5 * 5,
                               4LL * 384 * 256 * 13 * 13 * 3 * 3,
                               4LL * 2 * 192 * 192 * 13 * 13 * 3 * 3,
                               4LL * 2 * 128 * 192 * 13 * 13 * 3 * 3,
                               4LL * 4096 * 256 * 6 * 6,
                               4LL * 4096 * 4096,
                               4LL * 1000 * 4096};
  const double published[] = {421.6, 895.7, 598.1, 448.6, 299.0};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(alexnet.layers[i].macs(), macs[i]) << alexnet.layers[i].name;
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(static_cast<double>(alexnet.layers[i].macs()) / 1e6, published[i], 0.1)
        << alexnet.layers[i].name;
  }
  EXPECT_EQ(alexnet.layers[0].macs(), 421'660'800);
  EXPECT_EQ(alexnet.layers[1].macs(), 895'795'200);
  EXPECT_EQ(alexnet.layers[2].macs(), 598'081'536);
}

TEST(Workload, RefusesBadKeys) {
  EXPECT_EQ(layer_error(replaced(kConv, "stride", "strdie")),
            "w.yaml:3:81: error: unknown key \"strdie\"; did you mean \"stride\"? (in layers[0])");
  EXPECT_EQ(layer_error(replaced(kConv, "stride: [2, 1]", "name: b")),
            "w.yaml:3:81: error: duplicate key \"name\"; allowed is each key once (in layers[0])");
  EXPECT_EQ(layer_error(replaced(kConv, "output_channels: 6, ", "")),
            "w.yaml:3:5: error: missing key \"output_channels\" (in layers[0])");
  EXPECT_EQ(layer_error(replaced(kConv, "channels: 6", "channels: six")),
            "w.yaml:3:62: error: output_channels is \"six\"; allowed is a whole number, 1 to 16777216 (in "
            "layers[0].output_channels)");
  EXPECT_EQ(
      layer_error(replaced(kConv, "channels: 6", "channels: 0")),
      "w.yaml:3:62: error: output_channels is 0; allowed is 1 to 16777216 (in layers[0].output_channels)");
  EXPECT_EQ(layer_error(replaced(kConv, "[4, 9, 8]", "[4, 9]")),
            "w.yaml:3:34: error: a list of 2; allowed is [channels, rows, columns] (in layers[0].input)");
  EXPECT_EQ(layer_error(replaced(kConv, "[2, 1]", "[2, 65537]")),
            "w.yaml:3:93: error: stride[1] is 65537; allowed is 1 to 65536 (in layers[0].stride[1])");
  EXPECT_EQ(layer_error(replaced(kConv, "groups: 2", "padding: [1, 1, 1]")),
            "w.yaml:3:106: error: a list of 3; allowed is one number, [vertical, horizontal] or [top, left, "
            "bottom, "
            "right] (in layers[0].padding)");
  EXPECT_EQ(layer_error(replaced(kConv, "groups: 2", "ifmap_zeros: 1.5")),
            "w.yaml:3:110: error: ifmap_zeros is 1.5; allowed is 0 to 1 (in layers[0].ifmap_zeros)");
  EXPECT_EQ(layer_error(replaced(kConv, "conv", "con")),
            "w.yaml:3:21: error: kind is \"con\"; did you mean \"conv\"? (in layers[0].kind)");
  EXPECT_EQ(
      layer_error(replaced(kConv, "name: a", "name: a b")),
      "w.yaml:3:12: error: name is \"a b\"; allowed is a name of up to 64 letters, digits, _ . and - (in "
      "layers[0].name)");
  EXPECT_EQ(layer_error("{name: f, kind: fc, input: [1, 1, 1], output_channels: 1, stride: 2}"),
            "w.yaml:3:63: error: unknown key \"stride\"; allowed is name, kind, steps, batch, input, "
            "output_channels, rows, ifmap_zeros "
            "(in layers[0])");
}

TEST(Workload, RefusesWhatDoesNotFitTogether) {
  EXPECT_EQ(layer_error(replaced(kConv, "groups: 2", "groups: 4")),
            "w.yaml:3:105: error: groups is 4; allowed is a divisor of 4 channels and 6 output channels (in "
            "layers[0].groups)");
  EXPECT_EQ(layer_error(replaced(kConv, "[3, 2]", "[10, 2]")),
            "w.yaml:3:73: error: the filter spans 10 rows, dilation included; allowed is up to the padded "
            "input's 9 "
            "(in layers[0].filter)");
  EXPECT_EQ(layer_error(replaced(kConv, "groups: 2", "dilation: 8")),
            "w.yaml:3:73: error: the filter spans 17 rows, dilation included; allowed is up to the padded "
            "input's 9 "
            "(in layers[0].filter)");
  const std::string huge = "{name: m, kind: matmul, batch: 1, rows: 16777216, inner: 16777216, columns: ";
  EXPECT_EQ(layer_error(huge + "4096}"),
            "w.yaml:3:5: error: layer m has too many multiply-accumulates; allowed is less than 2^60 (in "
            "layers[0])");
  EXPECT_EQ(layer_error(huge + "4095}"), "no error");
  EXPECT_EQ(layer_error(huge + "2048}\n  - " + replaced(huge, "name: m", "name: n") + "2048}"),
            "w.yaml:4:5: error: too many multiply-accumulates up to here; allowed is less than 2^60 (in "
            "layers[1])");
  EXPECT_EQ(layer_error("{name: c, kind: conv, input: [4096, 16777216, 16777216], output_channels: 1, "
                        "filter: [1, 1], stride: 1024}"),
            "w.yaml:3:5: error: layer c has too many ifmap words; allowed is less than 2^60 (in layers[0])");
  EXPECT_EQ(layer_error(kConv + "\n  - " + kConv),
            "w.yaml:4:5: error: a second layer a; allowed is each name once (in layers[1])");
  EXPECT_EQ(error_of([] { read_of("workload: w\nlayers: []\n"); }),
            "w.yaml:2:9: error: no layers; allowed is one or more (in layers)");
  EXPECT_EQ(error_of([] { read_of("workload: w\nlayers: [\n"); }),
            "w.yaml:3:1: error: not YAML: end of sequence flow not found");
}

}  // namespace
}  // namespace weir
