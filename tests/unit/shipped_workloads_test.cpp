#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "support/shipped.h"
#include "workload/workload.h"

namespace weir {
namespace {

using enum Dimension;

Workload network(const std::string& name) {
  return read_workload(test::shipped("workloads/" + name + ".yaml"), 1);
}

/// Channels (of all groups), rows and columns of an ifmap or ofmap.
struct Shape {
  std::int64_t channels, rows, columns;
  friend bool operator==(const Shape&, const Shape&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Shape& s) {
    return out << s.channels << " x " << s.rows << " x " << s.columns;
  }
};

Shape input_of(const Layer& l) { return {l.bounds[G] * l.bounds[C], l.input.vertical, l.input.horizontal}; }
Shape output_of(const Layer& l) { return {l.bounds[G] * l.bounds[M], l.bounds[P], l.bounds[Q]}; }

Shape pooled(const Shape& s, std::int64_t window, std::int64_t stride, std::int64_t padding = 0) {
  const auto along = [&](std::int64_t length) { return (length + 2 * padding - window) / stride + 1; };
  return {s.channels, along(s.rows), along(s.columns)};
}

std::int64_t weights_of(const Layer& l) {
  return l.bounds[G] * l.bounds[M] * l.bounds[C] * l.bounds[R] * l.bounds[S];
}

/// The sum of `quantity` over the workload's layers of `kind`.
template <typename Quantity>
std::int64_t sum(const Workload& workload, LayerKind kind, Quantity quantity) {
  std::int64_t total = 0;
  for (const Layer& l : workload.layers) total += l.kind == kind ? quantity(l) : 0;
  return total;
}

constexpr auto kMacs = [](const Layer& l) { return l.macs(); };
constexpr auto kWeights = [](const Layer& l) { return weights_of(l); };
constexpr auto kOutputs = [](const Layer& l) { return output_of(l).channels; };

// Weights = sum of groups x M x C x R x S; MACs = sum of P x Q x weights of the layer.
//   conv1 96 * 3 * 11^2 = 34'848 (x 55^2), conv2 2 * 128 * 48 * 5^2 = 307'200 (x 27^2),
//   conv3 384 * 256 * 9 = 884'736, conv4 2 * 192 * 192 * 9 = 663'552, conv5 2 * 128 * 192 * 9 = 442'368 (x
//   13^2) fc 9'216 * 4'096 + 4'096 * 4'096 + 4'096 * 1'000 = 37'748'736 + 16'777'216 + 4'096'000 (x 1)
TEST(ShippedWorkloads, AlexNetHasThePublishedTotals) {
  const Workload alexnet = network("alexnet");
  const std::int64_t conv_macs = sum(alexnet, LayerKind::conv, kMacs);
  const std::int64_t conv_weights = sum(alexnet, LayerKind::conv, kWeights);
  const std::int64_t fc_weights = sum(alexnet, LayerKind::fc, kWeights);
  EXPECT_EQ(conv_macs, 665'784'864);
  EXPECT_EQ(conv_weights, 2'332'704);
  EXPECT_EQ(fc_weights, 58'621'952);
  EXPECT_EQ(sum(alexnet, LayerKind::fc, kMacs), fc_weights);
  // Chen et al., ISSCC 2016: 2.3 million weights and 666 million MACs (CONV layers only).
  EXPECT_NEAR(static_cast<double>(conv_weights) / 1e6, 2.3, 0.05);
  EXPECT_NEAR(static_cast<double>(conv_macs) / 1e6, 666, 0.5);
}

// Weights: M * C * 9 of conv1_1, conv1_2, ... conv5_3:
//   1'728 + 36'864 + 73'728 + 147'456 + 294'912 + 2 * 589'824 + 1'179'648 + 5 * 2'359'296 = 14'710'464
//   fc6 25'088 * 4'096 + fc7 4'096 * 4'096 + fc8 4'096 * 1'000 = 102'760'448 + 16'777'216 + 4'096'000
// MACs: conv1_1 has 224^2 * 1'728 = 86'704'128; conv1_2, conv2_2, conv3_2, conv3_3, conv4_2 and conv4_3 have
//   u = 224^2 * 36'864 = 1'849'688'064, conv2_1, conv3_1 and conv4_1 u / 2, conv5_1 to conv5_3 u / 4:
//   86'704'128 + 8.25 u = 15'346'630'656
TEST(ShippedWorkloads, Vgg16HasThePublishedTotals) {
  const Workload vgg16 = network("vgg16");
  ASSERT_EQ(vgg16.layers.size(), 16U);
  const std::int64_t conv_macs = sum(vgg16, LayerKind::conv, kMacs);
  const std::int64_t conv_weights = sum(vgg16, LayerKind::conv, kWeights);
  const std::int64_t fc_weights = sum(vgg16, LayerKind::fc, kWeights);
  EXPECT_EQ(conv_macs, 15'346'630'656);
  EXPECT_EQ(conv_weights, 14'710'464);
  EXPECT_EQ(fc_weights, 123'633'664);
  EXPECT_EQ(sum(vgg16, LayerKind::fc, kMacs), fc_weights);
  // Chen et al., ISSCC 2016: 14.7 million weights and 15.3 billion MACs (CONV layers only).
  EXPECT_NEAR(static_cast<double>(conv_weights) / 1e6, 14.7, 0.05);
  EXPECT_NEAR(static_cast<double>(conv_macs) / 1e9, 15.3, 0.05);
  // torchvision, VGG16_Weights: num_params 138357544, with a bias an output channel; 15.47 G operations
  // (MACs).
  const std::int64_t biases = sum(vgg16, LayerKind::conv, kOutputs) + sum(vgg16, LayerKind::fc, kOutputs);
  EXPECT_EQ(conv_weights + fc_weights + biases, 138'357'544);
  EXPECT_NEAR(static_cast<double>(conv_macs + fc_weights) / 1e9, 15.47, 0.005);
}

/// Checks a ResNet's sums, and against torchvision: its parameters are the weights, the scale and shift of
/// the batch normalization behind each convolution, and the biases of the FC layer; its operations are MACs.
void expect_resnet_totals(const Workload& resnet, std::int64_t macs, std::int64_t weights,
                          std::int64_t published_parameters, double published_giga_operations) {
  const std::int64_t all_weights =
      sum(resnet, LayerKind::conv, kWeights) + sum(resnet, LayerKind::fc, kWeights);
  const std::int64_t all_macs = sum(resnet, LayerKind::conv, kMacs) + sum(resnet, LayerKind::fc, kMacs);
  EXPECT_EQ(all_weights, weights);
  EXPECT_EQ(all_macs, macs);
  EXPECT_EQ(all_weights + 2 * sum(resnet, LayerKind::conv, kOutputs) + sum(resnet, LayerKind::fc, kOutputs),
            published_parameters);
  EXPECT_NEAR(static_cast<double>(all_macs) / 1e9, published_giga_operations, 0.0005);
}

// Weights: conv1 64 * 3 * 49 = 9'408; layer1 4 * 64 * 64 * 9 = 147'456;
//   layer2 (128 * 64 + 3 * 128 * 128) * 9 + shortcut 128 * 64 = 524'288; layer3 4 times, layer4 16 times
//   layer2; fc 512 * 1'000: 9'408 + 147'456 + 21 * 524'288 + 512'000 = 11'678'912
// MACs: conv1 112^2 * 9'408 = 118'013'952; a 3 x 3 convolution u = 56^2 * 36'864 = 115'605'504, but half of
// that
//   where the stride is 2; a shortcut 28^2 * 8'192 = 6'422'528; fc 512'000:
//   118'013'952 + 14.5 u + 3 * 6'422'528 + 512'000 = 1'814'073'344
TEST(ShippedWorkloads, ResNet18HasThePublishedTotals) {
  const Workload resnet18 = network("resnet18");
  EXPECT_EQ(resnet18.layers.size(), 21U);  // 18 and 3 shortcuts
  // torchvision, ResNet18_Weights: num_params 11689512, 1.814 G operations.
  expect_resnet_totals(resnet18, 1'814'073'344, 11'678'912, 11'689'512, 1.814);
}

// Weights: conv1 64 * 3 * 49 = 9'408
//   layer1 first block 64 * 64 + 64 * 64 * 9 + 256 * 64 + shortcut 256 * 64 = 73'728,
//     2 more of 64 * 256 + 64 * 64 * 9 + 256 * 64 = 69'632:                              212'992
//   layer2 128 * 256 + 128 * 128 * 9 + 512 * 128 + shortcut 512 * 256 = 376'832,
//     3 more of 4 * 69'632 = 278'528:                                                  1'212'416
//   layer3 4 * 376'832 = 1'507'328, 5 more of 16 * 69'632 = 1'114'112:                 7'077'888
//   layer4 16 * 376'832 = 6'029'312, 2 more of 64 * 69'632 = 4'456'448:               14'942'208
//   fc 2'048 * 1'000:                                                                  2'048'000
// MACs: weights times 112^2, 56^2, 28^2, 14^2, 7^2 and 1; but the first 1 x 1 of layer2 (32'768 weights),
// layer3
//   (131'072) and layer4 (524'288) has four times as many outputs as the rest of its stage:
//   12'544 * 9'408 + 3'136 * 212'992 + 784 * (1'212'416 + 3 * 32'768) + 196 * (7'077'888 + 3 * 131'072)
//   + 49 * (14'942'208 + 3 * 524'288) + 2'048'000 = 4'089'184'256
TEST(ShippedWorkloads, ResNet50HasThePublishedTotals) {
  const Workload resnet50 = network("resnet50");
  EXPECT_EQ(resnet50.layers.size(), 54U);  // 50 and 4 shortcuts
  // torchvision, ResNet50_Weights: num_params 25557032, 4.089 G operations.
  expect_resnet_totals(resnet50, 4'089'184'256, 25'502'912, 25'557'032, 4.089);
}

TEST(ShippedWorkloads, LayersOfChainsFitTogether) {
  struct Pool {
    std::set<std::string> behind;
    std::int64_t window;
  };
  const std::map<std::string, Pool> pools = {
      {"alexnet", {{"conv1", "conv2", "conv5"}, 3}},
      {"vgg16", {{"conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3"}, 2}}};
  for (const auto& [name, pool] : pools) {
    const Workload workload = network(name);
    std::size_t pooling = 0;
    for (std::size_t i = 0; i + 1 < workload.layers.size(); ++i) {
      const Layer& layer = workload.layers[i];
      Shape shape = output_of(layer);
      if (pool.behind.contains(layer.name)) {
        shape = pooled(shape, pool.window, 2);
        ++pooling;
      }
      EXPECT_EQ(shape, input_of(workload.layers[i + 1])) << name << " " << layer.name;
    }
    EXPECT_EQ(pooling, pool.behind.size()) << name;
    EXPECT_EQ(output_of(workload.layers.back()), (Shape{1000, 1, 1})) << name;
  }
  EXPECT_EQ(input_of(network("alexnet").layers[0]), (Shape{3, 227, 227}));
  EXPECT_EQ(input_of(network("vgg16").layers[0]), (Shape{3, 224, 224}));
}

/// Follows the names layer<stage>.<block>.<part>: in a block each convolution reads the one before, and the
/// shortcut leads from the block's input to the shape of its output; blocks and stages follow each other.
TEST(ShippedWorkloads, LayersOfResNetsFitTogether) {
  for (const std::string name : {"resnet18", "resnet50"}) {
    const std::vector<Layer> layers = network(name).layers;
    EXPECT_EQ(layers.front().name, "conv1") << name;
    EXPECT_EQ(input_of(layers.front()), (Shape{3, 224, 224})) << name;
    Shape block_input = pooled(output_of(layers.front()), 3, 2, 1);
    Shape shape = block_input;
    for (std::size_t i = 1; i + 1 < layers.size();) {
      const std::string block = layers[i].name.substr(0, layers[i].name.rfind("conv"));
      std::int64_t convolutions = 0;
      bool shortcut = false;
      for (; i + 1 < layers.size() && layers[i].name.starts_with(block); ++i) {
        const Layer& layer = layers[i];
        shortcut = layer.name == block + "downsample.0";
        EXPECT_EQ(input_of(layer), shortcut ? block_input : shape) << name << " " << layer.name;
        if (shortcut) {
          EXPECT_EQ(output_of(layer), shape) << name << " " << layer.name;
        } else {
          shape = output_of(layer);
          ++convolutions;
          EXPECT_EQ(layer.name, block + "conv" + std::to_string(convolutions)) << name;
          if (layer.stride != Plane{1, 1}) {  // ResNet-50 v1.5: on the 3 x 3, the second
            EXPECT_EQ(convolutions, name == "resnet50" ? 2 : 1) << name << " " << layer.name;
          }
        }
      }
      EXPECT_EQ(convolutions, name == "resnet50" ? 3 : 2) << name << " " << block;
      EXPECT_EQ(shortcut, shape != block_input) << name << " " << block;
      block_input = shape;
    }
    EXPECT_EQ(shape, (Shape{name == "resnet50" ? 2048 : 512, 7, 7})) << name;
    EXPECT_EQ(input_of(layers.back()), pooled(shape, 7, 1)) << name;
    EXPECT_EQ(output_of(layers.back()), (Shape{1000, 1, 1})) << name;
  }
}

}  // namespace
}  // namespace weir
