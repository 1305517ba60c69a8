#include "workload/lowering.h"

#include <gtest/gtest.h>

#include "support/random_case.h"

namespace weir {
namespace {

using enum Dimension;

// One channel of 3 x 3 words 1 to 9, a 2 x 2 filter, two images of which the second is all 0.
TEST(Lowering, AConvolutionByHand) {
  Layer layer;
  layer.bounds.values.fill(1);
  layer.bounds[N] = layer.bounds[P] = layer.bounds[Q] = layer.bounds[R] = layer.bounds[S] = 2;
  layer.input = {3, 3};
  LayerData data;
  data.ifmap = {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  data.weights = {1, 10, 100, 1000};
  const Layer product = lowered(layer);
  EXPECT_EQ(product.bounds[C], 4);
  EXPECT_EQ(product.bounds[P], 8);
  EXPECT_EQ(product.macs(), layer.macs());
  const LayerData matrices = lowered(layer, data);
  EXPECT_EQ(matrices.ifmap, (std::vector<std::int16_t>{1, 2, 4, 5, 0, 0, 0, 0,     // tap (0, 0)
                                                       2, 3, 5, 6, 0, 0, 0, 0,     // tap (0, 1)
                                                       4, 5, 7, 8, 0, 0, 0, 0,     // tap (1, 0)
                                                       5, 6, 8, 9, 0, 0, 0, 0}));  // tap (1, 1)
  EXPECT_EQ(matrices.weights, data.weights);
  EXPECT_EQ(reference_convolution(product, matrices)[0], 5421U);
}

/// Strides, dilations, padding, groups, images: the product's outputs are the layer's.
TEST(Lowering, ComputesTheSameOutputs) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const Layer layer = test::draw_case(seed).layer;
    const LayerData data = generate_data(layer, seed, true);
    const Layer product = lowered(layer);
    EXPECT_EQ(product.macs(), layer.macs());
    const LayerData matrices = lowered(layer, data);
    EXPECT_EQ(raised_outputs(layer, reference_convolution(product, matrices)),
              reference_convolution(layer, data));
    EXPECT_EQ(count_zero_macs(product, matrices.ifmap), count_zero_macs(layer, data.ifmap));
  }
}

}  // namespace
}  // namespace weir
