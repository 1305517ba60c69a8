#include "report/layer_names.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "workload/workload.h"

namespace weir::report {
namespace {

std::string alone(const std::string& name) { return short_layer_names({name}, 8).front(); }

TEST(LayerNames, ThatFitStay) { EXPECT_EQ(alone("conv1_12"), "conv1_12"); }

TEST(LayerNames, LongOnesKeepDigitsAndABitOfEachWord) {
  EXPECT_EQ(alone("block13.depthwise"), "bl13.dep");
  EXPECT_EQ(alone("layer1.0.conv1"), "l1.0.co1");
  EXPECT_EQ(alone("layer0.attention_output"), "l0.at_ou");
  EXPECT_EQ(alone("depthwise"), "depthwis");
}

TEST(LayerNames, LoseTheirBeginningWhereThatIsTooMuch) {
  EXPECT_EQ(alone("features_stage10_unit2_conv3"), "~un2_co3");
  EXPECT_EQ(alone("123456789"), "~3456789");
}

TEST(LayerNames, HaveTheRowsNumberWhereTheyWouldBeAlike) {
  EXPECT_EQ(short_layer_names({"depthwise_a", "depthwise", "depthwiseconv"}, 8),
            (std::vector<std::string>{"depthw_a", "#2~hwise", "#3~econv"}));
  // A name that fits is never taken from its row.
  EXPECT_EQ(short_layer_names({"depthwis", "depthwise"}, 8),
            (std::vector<std::string>{"depthwis", "#2~hwise"}));
}

TEST(LayerNames, OfShippedNetworksAreAllDifferent) {
  for (const auto& file : std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/workloads")) {
    const std::string path = file.path().string();
    std::vector<std::string> names;
    for (const Layer& layer : read_workload(config::Node::load(path), 1).layers) names.push_back(layer.name);
    const auto texts = short_layer_names(names, 8);
    EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), names.size()) << path;
    for (const auto& text : texts) EXPECT_LE(text.size(), 8U) << text;
  }
}

}  // namespace
}  // namespace weir::report
