#include <gtest/gtest.h>

#include "support/random_case.h"
#include "workload/data.h"

namespace weir {
namespace {

TEST(ZeroMacs, AreThoseOfTheWordsThatAreMade) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Layer layer = test::draw_case(seed).layer;
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + test::describe(test::draw_case(seed)));
    for (const double zeros : {0.0, 0.4, 1.0}) {
      layer.ifmap_zeros = zeros;
      EXPECT_EQ(count_zero_macs(layer, seed),
                count_zero_macs(layer, generate_data(layer, seed, false).ifmap));
    }
    EXPECT_EQ(count_zero_macs(layer, seed), layer.macs());
  }
}

TEST(ZeroMacs, OfPaddingByHand) {
  // 3 taps over 4 own words and one zero on either side: the first and the last window meet one zero each, in
  // each of 2 output channels and 5 input channels.
  Layer layer;
  layer.bounds.values.fill(1);
  layer.bounds[Dimension::M] = 2;
  layer.bounds[Dimension::C] = 5;
  layer.bounds[Dimension::Q] = 4;
  layer.bounds[Dimension::S] = 3;
  layer.input = {1, 4};
  layer.padding = {0, 1, 0, 1};
  EXPECT_EQ(count_zero_macs(layer, 1), 2 * 2 * 5);
}

}  // namespace
}  // namespace weir
