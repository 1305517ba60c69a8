// Layers of every kind that a large network has are mapped, run, and give the outputs of the reference.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.h"

namespace weir {
namespace {

void expect_verified(const std::string& workload, const std::string& layers, std::size_t count) {
  const auto outcome =
      test::weir({"run", "--accelerator", "eyeriss", "--workload", workload, "--dataflow", test::kDataflow,
                  "--objective", "latency", "--data", "on", "--layer", layers, "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto stats = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(stats["layers"].size(), count);
  for (const auto& layer : stats["layers"]) EXPECT_EQ(layer["verified"], "yes") << layer["layer"];
}

TEST(Networks, ResNet50IsMappedAndVerified) {
  // 7 x 7 of stride 2, 1 x 1, 3 x 3, 3 x 3 of stride 2, 1 x 1 of stride 2, and a matrix.
  expect_verified("resnet50", "conv1,layer1.0.conv1,layer4.1.conv2,layer3.0.conv2,layer4.0.downsample.0,fc",
                  6);
}

TEST(Networks, Vgg16IsMappedAndVerified) { expect_verified("vgg16", "conv1_1,conv5_1,fc8", 3); }

TEST(Networks, VitB16IsMappedAndVerified) {
  expect_verified("vit-b16", "patches,layer0.scores,layer0.mix,head", 4);
}

// Maxima of overlapping windows, rounded up and padded, averages of a plane, sums, factors of a channel,
// upsampling, concatenation.
TEST(Networks, MemoryBoundLayersAreVerified) {
  expect_verified("googlenet", "pool1,inception_3a.pool,inception_5b.concat,pool5", 4);
  expect_verified("mobilenet-v3-large", "block3.add,block4.se.*", 5);
  expect_verified("fastdepth", "decode1.upsample", 1);
}

TEST(Networks, SoftmaxAndNormalizationHaveNoValuesToVerify) {
  const auto outcome =
      test::weir({"run", "--accelerator", "eyeriss", "--workload", "vit-b16", "--dataflow", test::kDataflow,
                  "--data", "on", "--layer", "layer0.norm1,layer0.softmax,layer0.add1", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::string verified;
  const auto stats = nlohmann::json::parse(outcome.out);
  for (const auto& layer : stats["layers"]) verified += layer["verified"].get<std::string>() + " ";
  EXPECT_EQ(verified, "none none yes ");
}

// No line of a table is longer than 100 characters, whatever a layer is called and bound by.
TEST(Networks, TablesOfLongNamesAndMemoryBoundLayersKeepTheirWidth) {
  const auto outcome = test::weir({"run", "--accelerator", "systolic-32x32", "--workload", "bert-base",
                                   "--dataflow", "weight-stationary", "--data", "off", "--by-kind"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  EXPECT_NE(outcome.out.find("- | vector\n"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace weir
