#include "mapping/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "accelerator/accelerator.h"
#include "support/random_case.h"

namespace weir {
namespace {

using enum Dimension;

/// A layer of 4 filters of 3 taps over 5 outputs, on 2 x 2 PEs that it just fits.
struct Case {
  Layer layer;
  Mapping mapping;
  Accelerator accelerator;

  Case() {
    layer.name = "small";
    layer.bounds.values.fill(1);
    layer.bounds[M] = 4;
    layer.bounds[R] = 2;
    layer.bounds[Q] = 5;
    layer.bounds[S] = 3;
    layer.input = {2, 7};
    mapping.mark = {"m.yaml", 3, 5};
    mapping.at(Level::global_buffer) = {{Q, 5}};
    mapping.at(Level::pe_rows) = {{R, 2}};
    mapping.at(Level::pe_columns) = {{M, 2}};
    mapping.at(Level::pe) = {{S, 3}, {M, 2}};
    accelerator.rows = 2;
    accelerator.columns = 2;
    accelerator.pe = {3, 6, 2, 0, false};
    accelerator.networks.psum_ports.words = 2;
    accelerator.global_buffer = {2, 20, 24};
  }

  std::string error() const {
    try {
      check_mapping(mapping, layer, accelerator);
    } catch (const config::InputError& e) {
      return e.what();
    }
    return "";
  }
};

TEST(CheckMapping, AcceptsWhatJustFits) { EXPECT_EQ(Case().error(), ""); }

/// Nothing of it is on the array, whatever the machine has no room for.
TEST(CheckMapping, AMemoryBoundLayerFitsEveryMachine) {
  Case c;
  c.layer.kind = LayerKind::pool;
  c.layer.bounds.values.fill(1);
  c.mapping = {};
  EXPECT_EQ(c.error(), "");
  c.accelerator.pe = {};
  c.accelerator.networks.psum_ports.words = 0;
  c.accelerator.global_buffer = {};
  for (const DeliveryKind delivery : {DeliveryKind::multicast, DeliveryKind::systolic}) {
    c.accelerator.networks.delivery = delivery;
    EXPECT_EQ(c.error(), "");
  }
}

TEST(CheckMapping, NamesLevelTensorAndWords) {
  Case c;
  c.accelerator.pe.ifmap_rf_words = 2;
  EXPECT_EQ(c.error(),
            "m.yaml:3:5: error: mapping of small: ifmap tile in ifmap_rf: 3 words needed, 2 there");
  c = Case();
  c.accelerator.pe.weight_rf_words = 5;
  EXPECT_EQ(c.error(),
            "m.yaml:3:5: error: mapping of small: weight tile in weight_rf: 6 words needed, 5 there");
  c = Case();
  c.accelerator.pe.psum_rf_words = 1;
  EXPECT_EQ(c.error(), "m.yaml:3:5: error: mapping of small: psum tile in psum_rf: 2 words needed, 1 there");
  c = Case();
  c.accelerator.networks.psum_ports.words = 1;
  EXPECT_EQ(c.error(),
            "m.yaml:3:5: error: mapping of small: psums of a window in a psum port: 2 words needed, 1 there");
  c = Case();
  c.accelerator.global_buffer.weight_prefetch_words = 23;
  EXPECT_EQ(c.error(),
            "m.yaml:3:5: error: mapping of small: weights of a pass in the prefetch banks: 24 words needed, "
            "23 there");
  c = Case();
  c.accelerator.global_buffer.bank_words = 13;
  EXPECT_EQ(c.error(),
            "m.yaml:3:5: error: mapping of small: tiles in global_buffer: 4 banks of 13 words needed (ifmap "
            "14 words in 2, "
            "psum 20 words in 2), 2 there");
}

TEST(CheckMapping, WantsEveryIndexOnceAndNoIdleIteration) {
  Case c;
  c.mapping.at(Level::global_buffer) = {{Q, 4}};
  EXPECT_EQ(c.error(), "m.yaml:3:5: error: mapping of small: the loops over Q cover 4, the layer's Q is 5");
  c.mapping.at(Level::global_buffer) = {{Q, 3}, {Q, 2}};
  EXPECT_EQ(c.error(), "");  // 2 + 2 + 1
  c.mapping.at(Level::global_buffer) = {{Q, 4}, {Q, 2}};
  EXPECT_EQ(c.error(),
            "m.yaml:3:5: error: mapping of small: Q=4 at global_buffer has iterations without work: the "
            "layer's Q is 5, "
            "allowed there is 1 to 3");
  c = Case();
  c.mapping.at(Level::dram) = {{N, 4}};
  EXPECT_EQ(c.error(),
            "m.yaml:3:5: error: mapping of small: N=4 at dram has iterations without work: the layer's N is "
            "1 (the batch, "
            "--batch), allowed there is 1 to 1");
}

TEST(CheckMapping, KeepsToTheArrayAndItsNeighbourLinks) {
  Case c;
  c.accelerator.columns = 1;
  EXPECT_EQ(c.error(),
            "m.yaml:3:5: error: mapping of small: pe_columns loops need 2 places, the array has 1");
  c = Case();
  c.mapping.at(Level::pe_rows) = {};
  c.mapping.at(Level::pe_columns) = {{R, 2}};
  c.mapping.at(Level::global_buffer) = {{M, 2}, {Q, 5}};
  EXPECT_EQ(
      c.error(),
      "m.yaml:3:5: error: mapping of small: psums travel between rows only: R cannot stand at pe_columns");
  c = Case();
  c.accelerator.rows = 4;
  c.mapping.at(Level::pe_rows) = {{R, 2}, {M, 2}};
  c.mapping.at(Level::pe_columns) = {};
  EXPECT_EQ(c.error(),
            "m.yaml:3:5: error: mapping of small: psums travel between neighbouring rows: C, R and S stand "
            "innermost at "
            "pe_rows, M does not stand outside them");
}

/// 15 images in 3 steps: 5 of them have no tiles of equally many but 1 and 5.
TEST(CheckMapping, NoTileHasWordsOfTwoSteps) {
  Case c;
  c.layer.bounds[N] = 15;
  c.layer.steps = 3;
  c.accelerator.global_buffer.banks = 60;
  c.mapping.at(Level::dram) = {{N, 3}};
  c.mapping.at(Level::global_buffer) = {{N, 5}, {Q, 5}};
  EXPECT_EQ(c.error(), "");
  c.mapping.at(Level::dram) = {{N, 3}, {N, 5}};
  c.mapping.at(Level::global_buffer) = {{Q, 5}};
  EXPECT_EQ(c.error(), "");
  for (const auto& [outside, inside, covered] : {std::tuple(3, 2, 6), {2, 3, 6}, {7, 1, 7}, {1, 7, 7}}) {
    c.mapping.at(Level::dram) = {{N, 3}, {N, outside}};
    c.mapping.at(Level::global_buffer) = {{N, inside}, {Q, 5}};
    EXPECT_EQ(c.error(),
              "m.yaml:3:5: error: mapping of small: no tile has words of two steps: the loops over N inside "
              "N=3 cover " +
                  std::to_string(covered) + ", allowed is exactly 5, a step's share");
  }
}

TEST(CheckMapping, AcceptsTheRandomCases) {
  int steps_split = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const test::RandomCase drawn = test::draw_case(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + test::describe(drawn));
    ASSERT_NO_THROW(check_mapping(drawn.mapping, drawn.layer, drawn.accelerator));
    std::int64_t over_images = 0;
    for (const auto& loops : drawn.mapping.loops)
      over_images += std::count_if(loops.begin(), loops.end(),
                                   [](const Loop& loop) { return loop.dimension == N && loop.bound > 1; });
    steps_split += drawn.layer.steps > 1 && over_images > 2 ? 1 : 0;
  }
  EXPECT_GT(steps_split, 5);  // a step's images on several levels
}

/// The same machine with systolic operands: the layer is then a product of 5 positions, 6 taps and 4 filters.
struct SystolicCase : Case {
  SystolicCase() {
    accelerator.networks.delivery = DeliveryKind::systolic;
    accelerator.pe = {0, 1, 0, 0, false};
    accelerator.global_buffer = {6, 20, 4};
    mapping = {};
    mapping.mark = {"m.yaml", 3, 5};
    mapping.at(Level::global_buffer) = {{M, 2}, {C, 3}};
    mapping.at(Level::pe_rows) = {{C, 2}};
    mapping.at(Level::pe_columns) = {{M, 2}};
    mapping.at(Level::pe) = {{P, 5}};
  }
};

TEST(CheckMapping, OnASystolicArrayItIsAboutTheProduct) {
  const std::string at = "m.yaml:3:5: error: mapping of small: ";
  SystolicCase c;
  EXPECT_EQ(c.error(), "");
  c.accelerator.pe.weight_rf_words = 0;
  EXPECT_EQ(c.error(), at + "stationary weight in weight_rf: 1 words needed, 0 there");
  c = {};
  c.accelerator.double_buffered = true;
  EXPECT_EQ(c.error(), at + "stationary weight in weight_rf: 2 words needed, 1 there");
  c = {};
  c.accelerator.global_buffer.weight_prefetch_words = 3;
  EXPECT_EQ(c.error(), at + "weights of a pass in the prefetch banks: 4 words needed, 3 there");
  c = {};
  c.mapping.at(Level::pe) = {};
  EXPECT_EQ(c.error(), at + "the loops over P cover 1, the layer's P is 5");
  c = {};
  c.accelerator.pe.psum_rf_words = 1;
  c.mapping.at(Level::pe_rows) = {{P, 2}};
  c.mapping.at(Level::pe) = {{C, 6}};
  c.mapping.at(Level::global_buffer) = {{M, 2}, {P, 3}};
  EXPECT_EQ(c.error(), at + "weights stream through the array: they are kept in [global_buffer, pe]");
  c.mapping.weights_in_global_buffer = true;
  EXPECT_EQ(c.error(), "");
  c.accelerator.global_buffer.banks = 4;
  EXPECT_EQ(c.error(),
            at +
                "tiles in global_buffer: 5 banks of 20 words needed (ifmap 30 words in 2, weight 24 words in "
                "2, psum 20 words in 1), 4 there");
  c.accelerator.global_buffer.banks = 5;
  c.mapping.at(Level::pe_rows) = {{M, 2}};
  c.mapping.at(Level::pe_columns) = {};
  c.mapping.at(Level::global_buffer) = {{M, 2}, {P, 5}};
  EXPECT_NE(c.error().find("(C, M, P), (C, P, M) or (P, M, C)"), std::string::npos) << c.error();
}

TEST(CheckMapping, AMemoryBoundLayerTakesNothingOfASystolicArray) {
  SystolicCase c;
  c.accelerator.pe = {0, 0, 1, 0, false};
  c.layer = {};
  c.layer.kind = LayerKind::pool;
  c.layer.bounds.values.fill(1);
  c.mapping = {};
  EXPECT_EQ(c.error(), "");
}

}  // namespace
}  // namespace weir
