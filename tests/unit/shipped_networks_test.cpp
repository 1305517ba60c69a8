// MACs and parameters of the networks that scripts/make_workloads.py writes, against published figures.
// Parameters are weights and what has no layer of its own: biases, scale and shift of batch and layer
// normalization, embeddings.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>

#include "workload/workload.h"

namespace weir {
namespace {

using enum Dimension;

/// Sums over the layers of a network; counts per channel are those of all groups.
struct Totals {
  std::int64_t macs = 0;
  std::int64_t weights = 0;
  std::int64_t conv_channels = 0;  ///< output channels of convolutions: each has its batch normalization
  std::int64_t fc_outputs = 0;     ///< of FC layers: each has a bias
};

template <typename Change>
Totals totals_of(const std::string& name, Change change) {
  Workload workload = read_workload(config::Node::load(WEIR_SOURCE_DIR "/workloads/" + name + ".yaml"), 1);
  Totals totals;
  for (Layer& layer : workload.layers) {
    change(layer);
    const Extents& b = layer.bounds;
    totals.macs += layer.macs();
    if (layer.kind == LayerKind::conv || layer.kind == LayerKind::fc) {
      totals.weights += b[G] * b[M] * b[C] * b[R] * b[S];
      (layer.kind == LayerKind::conv ? totals.conv_channels : totals.fc_outputs) += b[G] * b[M];
    }
  }
  return totals;
}

Totals totals_of(const std::string& name) {
  return totals_of(name, [](Layer&) {});
}

double giga(std::int64_t macs) { return static_cast<double>(macs) * 1e-9; }

// All but what is inexact on integers, softmax and normalization, says what it computes.
TEST(ShippedNetworks, MemoryBoundLayersHaveValuesWhereTheyAreExact) {
  for (const std::string name :
       {"googlenet", "mobilenet-v1", "mobilenet-v2", "mobilenet-v3-large", "efficientnet-b0", "fastdepth",
        "bert-base", "gpt2-small-prefill", "gpt2-small-decode", "vit-b16"}) {
    const Workload workload =
        read_workload(config::Node::load(WEIR_SOURCE_DIR "/workloads/" + name + ".yaml"), 1);
    for (const Layer& layer : workload.layers) {
      const bool inexact = layer.kind == LayerKind::softmax || layer.kind == LayerKind::norm;
      EXPECT_NE(layer.has_values(), inexact) << name << " " << layer.name;
      // An operation for each word of a window, padding included.
      const VectorValues& values = layer.vector_work.values;
      if (values.is_pool) {
        EXPECT_EQ(layer.vector_work.operations,
                  layer.vector_work.words_out * values.filter.vertical * values.filter.horizontal)
            << name << " " << layer.name;
      }
    }
  }
}

// torchvision, <Network>_Weights: num_params, exact, and operations (MACs), rounded to 1e-3 G.
TEST(ShippedNetworks, ConvolutionalNetworksHaveTorchvisionsFigures) {
  const auto check = [](const std::string& name, std::int64_t parameters, double operations) {
    const Totals t = totals_of(name);
    EXPECT_EQ(t.weights + 2 * t.conv_channels + t.fc_outputs, parameters) << name;
    EXPECT_NEAR(giga(t.macs), operations, 0.0005) << name;
  };
  check("mobilenet-v2", 3'504'872, 0.301);
  check("mobilenet-v3-large", 5'483'032, 0.217);
  check("efficientnet-b0", 5'288'548, 0.386);
}

// Howard et al., 2017, table 4: 569 M multiply-adds; Keras, MobileNet: 4'231'976 trainable parameters.
TEST(ShippedNetworks, MobileNetV1HasThePublishedFigures) {
  const Totals t = totals_of("mobilenet-v1");
  EXPECT_EQ(t.weights + 2 * t.conv_channels + t.fc_outputs, 4'231'976);
  EXPECT_NEAR(giga(t.macs), 0.569, 0.0005);
}

// Szegedy et al., 2014: 1.5 billion multiply-adds, a round figure that the shapes of table 1 exceed by
// some per cent. torchvision's figures, 6'624'904 parameters and 1.498 G, are exact for its variant, which
// has 3 x 3 filters where the paper has 5 x 5, with batch normalization.
TEST(ShippedNetworks, GoogLeNetHasThePublishedFigures) {
  EXPECT_NEAR(giga(totals_of("googlenet").macs), 1.5, 0.09);
  const Totals variant = totals_of("googlenet", [](Layer& layer) {
    if (layer.name.ends_with(".5x5")) layer.bounds[R] = layer.bounds[S] = 3;
  });
  EXPECT_EQ(variant.weights + 2 * variant.conv_channels + variant.fc_outputs, 6'624'904);
  EXPECT_NEAR(giga(variant.macs), 1.498, 0.0005);
}

// Wofk et al., 2019, table of results: FastDepth has 0.37 G MACs.
TEST(ShippedNetworks, FastDepthHasThePublishedMacs) {
  EXPECT_NEAR(giga(totals_of("fastdepth").macs), 0.37, 0.005);
}

// A transformer of 12 layers of width 768 has 12 * 12 * 768^2 weights, per layer biases of 9 * 768 outputs
// and two normalizations of 2 * 768.
constexpr std::int64_t kWidth = 768;
constexpr std::int64_t kBlocks = 12 * 12 * kWidth * kWidth;
constexpr std::int64_t kBlocksBesides = 12 * (9 + 4) * kWidth;

// Devlin et al., 2019: 110 M parameters; the published checkpoint has 109'482'240: three embeddings (30'522 +
// 512 + 2 vectors) and their normalization, the blocks, the pooler. MACs: per token the weights, per layer
// two products of 384 x 384 x 768. Published for 128 tokens: 22.5 G operations (Jiao et al., TinyBERT, 2020,
// table 1; two a MAC), for which the same layers give 22.4.
TEST(ShippedNetworks, BertBaseHasThePublishedFigures) {
  const Totals t = totals_of("bert-base");
  EXPECT_EQ(t.weights, kBlocks + kWidth * kWidth);
  EXPECT_EQ(t.weights + kBlocksBesides + kWidth + (30'522 + 512 + 2) * kWidth + 2 * kWidth, 109'482'240);
  const std::int64_t attention = 12 * 2 * 384 * 384 * kWidth;
  EXPECT_EQ(t.macs, 384 * kBlocks + attention + kWidth * kWidth);
  const std::int64_t of_128 = (t.macs - attention) / 3 + attention / 9;
  EXPECT_NEAR(2 * giga(of_128), 22.5, 0.01 * 22.5);
}

// The published checkpoint has 124'439'808 parameters: embeddings (50'257 words, which are the output's
// weights, too, and 1'024 positions), the blocks, a last normalization. Kaplan et al., 2020, table 1: 2 N + 2
// n_layer n_ctx d_model operations per token without the embedding, N its 84.9 M block weights, for the last
// token of the context: n_ctx MACs for each of the two products.
TEST(ShippedNetworks, Gpt2SmallHasThePublishedFigures) {
  constexpr std::int64_t kVocabulary = 50'257 * kWidth;
  for (const std::int64_t tokens : {1024, 1}) {
    const Totals t = totals_of(tokens == 1 ? "gpt2-small-decode" : "gpt2-small-prefill");
    EXPECT_EQ(t.weights + kBlocksBesides + 1024 * kWidth + 2 * kWidth, 124'439'808);
    EXPECT_EQ(t.macs - kVocabulary, tokens * (kBlocks + 2 * 12 * 1024 * kWidth));
  }
}

// torchvision, ViT_B_16_Weights: 86'567'656 parameters, 17.564 G operations (MACs). Besides weights: biases
// of patches and head, class token, positions of 197 tokens, a last normalization.
TEST(ShippedNetworks, VitB16HasTorchvisionsFigures) {
  const Totals t = totals_of("vit-b16");
  EXPECT_EQ(t.weights + kBlocksBesides + kWidth + 1000 + kWidth + 197 * kWidth + 2 * kWidth, 86'567'656);
  EXPECT_NEAR(giga(t.macs), 17.564, 0.0005);
}

}  // namespace
}  // namespace weir
