#include <gtest/gtest.h>

#include <filesystem>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "support/errors.h"
#include "workload/workload.h"

namespace weir {
namespace {

using test::error_of;
using test::replaced;

const std::string kMappings = R"(mappings:
  conv5:
    dram: [G=2, M=2]
    pe_rows: [C=2, R=3]
    pe: [S=3]
keep: {weight: [global_buffer, pe]}
)";
const std::string kFolder = WEIR_SOURCE_DIR "/dataflows/row-stationary/mappings/eyeriss/";

MappingFile read(const std::string& text) { return read_mappings(config::Node::parse(text, "m.yaml")); }

/// The error of the mappings above with `from` replaced by `to`.
std::string error_with(const std::string& from, const std::string& to) {
  return error_of([&] { read(replaced(kMappings, from, to)); });
}

/// The product of a dimension's bounds at some levels.
std::int64_t product(const Mapping& mapping, Dimension d, std::initializer_list<Level> levels) {
  std::int64_t product = 1;
  for (const Level level : levels) {
    for (const Loop& loop : mapping.at(level)) product *= loop.dimension == d ? loop.bound : 1;
  }
  return product;
}

TEST(MappingFile, ReadsLoopsByLevel) {
  const MappingFile file = read(kMappings);
  const Mapping& mapping = file.mappings.at("conv5");
  EXPECT_EQ(mapping.at(Level::dram), (std::vector<Loop>{{Dimension::G, 2}, {Dimension::M, 2}}));
  EXPECT_TRUE(mapping.at(Level::global_buffer).empty());
  EXPECT_EQ(mapping.at(Level::pe_rows), (std::vector<Loop>{{Dimension::C, 2}, {Dimension::R, 3}}));
  EXPECT_EQ(mapping.at(Level::pe), (std::vector<Loop>{{Dimension::S, 3}}));
  EXPECT_TRUE(mapping.weights_in_global_buffer);
  EXPECT_EQ(mapping.mark.line, 2);
  EXPECT_EQ(mapping.mark.column, 3);
  EXPECT_EQ(file.mark.file, "m.yaml");
}

TEST(MappingFile, KeepsWeightsInThePesUnlessTold) {
  for (const char* keep : {"keep: {}", "keep: {weight: [pe]}", "keep: {ifmap: [global_buffer, pe]}", ""}) {
    const std::string text = replaced(kMappings, "keep: {weight: [global_buffer, pe]}", keep);
    EXPECT_FALSE(read(text).mappings.at("conv5").weights_in_global_buffer) << keep;
  }
}

TEST(MappingFile, RefusesBadKeys) {
  EXPECT_EQ(error_with("pe_rows", "pe_rosw"),
            "m.yaml:4:5: error: unknown key \"pe_rosw\"; did you mean \"pe_rows\"? (in mappings.conv5)");
  EXPECT_EQ(error_with("pe_rows", "dram"),
            "m.yaml:4:5: error: duplicate key \"dram\"; allowed is each key once (in mappings.conv5)");
  EXPECT_EQ(error_with("mappings", "maps"), "m.yaml:1:1: error: missing key \"mappings\"");
  EXPECT_EQ(error_with("[S=3]", "S=3"),
            "m.yaml:5:9: error: pe is \"S=3\"; allowed is a list (in mappings.conv5.pe)");
  EXPECT_EQ(error_with("[S=3]", "[S=3"), "m.yaml:6:5: error: not YAML: end of sequence flow not found");
  for (const std::string loop : {"X=2", "2=C", "C=0", "C=-1", "C=02", "C=2x", "C=", "C", "CR=2",
                                 "C=1152921504606846977", "C=99999999999999999999", "c=2"}) {
    EXPECT_EQ(error_with("C=2", loop),
              "m.yaml:4:15: error: loop \"" + loop +
                  "\"; allowed is D=bound with D one of G N M C P Q R S and a bound of 1 to 2^60 (in "
                  "mappings.conv5.pe_rows[0])");
  }
  EXPECT_EQ(error_with("C=2", "C=16777216, C=16777216, C=16777216"),
            "m.yaml:4:39: error: too many iterations of all loops; allowed is up to 2^60 (in "
            "mappings.conv5.pe_rows[2])");
}

TEST(MappingFile, RefusesToKeepTensorsElsewhere) {
  EXPECT_EQ(
      error_with("weight: [global_buffer, pe]", "weight: [global_buffer]"),
      "m.yaml:6:16: error: kept in [global_buffer]; allowed is [pe] or [global_buffer, pe] (in keep.weight)");
  EXPECT_EQ(error_with("weight: [global_buffer, pe]", "psum: [pe]"),
            "m.yaml:6:14: error: kept in [pe]; allowed is [global_buffer, pe] (in keep.psum)");
  EXPECT_EQ(error_with("weight: [global_buffer, pe]", "weight: [dram]"),
            "m.yaml:6:17: error: weight[0] is \"dram\"; allowed is global_buffer, pe (in keep.weight[0])");
  EXPECT_EQ(error_with("weight", "wieght"),
            "m.yaml:6:8: error: unknown key \"wieght\"; did you mean \"weight\"? (in keep)");
}

/// What JSSC 2017, table III, says of a mapping, as far as it is the product of some bounds.
struct Published {
  std::int64_t m, n, e, p, q, r, t;
};

void expect_published(const Mapping& mapping, const Published& row) {
  using enum Level;
  using enum Dimension;
  EXPECT_EQ(product(mapping, M, {global_buffer, pe_rows, pe_columns, pe}), row.m);
  EXPECT_EQ(product(mapping, N, {global_buffer}), row.n);
  EXPECT_GE(product(mapping, P, {pe_rows, pe_columns}), row.e);
  EXPECT_EQ(product(mapping, M, {pe}), row.p);
  EXPECT_EQ(product(mapping, C, {pe}), row.q);
  EXPECT_EQ(product(mapping, C, {pe_rows, pe_columns}), row.r);
  EXPECT_EQ(product(mapping, M, {pe_rows, pe_columns}), row.t);
}

TEST(MappingFile, TheShippedMappingsAreThePublishedOnes) {
  const auto mappings = read_mappings(config::Node::load(kFolder + "alexnet.yaml")).mappings;
  expect_published(mappings.at("conv1"), {96, 1, 7, 16, 1, 1, 2});
  expect_published(mappings.at("conv2"), {64, 1, 27, 16, 2, 1, 1});
  expect_published(mappings.at("conv3"), {64, 4, 13, 16, 4, 1, 4});
  expect_published(mappings.at("conv4"), {64, 4, 13, 16, 3, 2, 2});
  expect_published(mappings.at("conv5"), {64, 4, 13, 16, 3, 2, 2});
  const auto variant = read_mappings(config::Node::load(kFolder + "alexnet-conv3-variant.yaml")).mappings;
  expect_published(variant.at("conv3"), {64, 4, 13, 16, 3, 2, 2});
}

TEST(MappingFile, TheShippedMappingsCoverTheirLayersAndFitTheChip) {
  const auto root = [](const char* path) {
    return config::Node::load(std::string(WEIR_SOURCE_DIR "/") + path);
  };
  const Accelerator eyeriss = read_accelerator(root("configs/eyeriss.yaml"));
  const Workload alexnet = read_workload(root("workloads/alexnet.yaml"), 4);
  for (const char* name : {"alexnet.yaml", "alexnet-conv3-variant.yaml"}) {
    const auto mappings = read_mappings(config::Node::load(kFolder + name)).mappings;
    for (const Layer& layer : alexnet.layers) {
      if (!mappings.contains(layer.name)) continue;
      SCOPED_TRACE(std::string(name) + " " + layer.name);
      const Mapping& mapping = mappings.at(layer.name);
      using enum Level;
      using enum Dimension;
      for (const Dimension d : kAllDimensions) {
        SCOPED_TRACE(dimension_letter(d));
        const std::int64_t all = product(mapping, d, {dram, global_buffer, pe_rows, pe_columns, pe});
        EXPECT_GE(all, layer.bounds[d]);
        EXPECT_LT(all, 2 * layer.bounds[d]);
      }
      Extents on_chip, array, in_pe;
      for (const Dimension d : kAllDimensions) {
        in_pe[d] = product(mapping, d, {pe});
        array[d] = product(mapping, d, {pe_rows, pe_columns, pe});
        on_chip[d] = std::min(product(mapping, d, {global_buffer, pe_rows, pe_columns, pe}), layer.bounds[d]);
      }
      const auto banks = [&](std::int64_t words) {
        return (words + eyeriss.global_buffer.bank_words - 1) / eyeriss.global_buffer.bank_words;
      };
      const std::int64_t ifmap_rows = (on_chip[P] - 1) * layer.stride.vertical + on_chip[R];
      const std::int64_t ifmap_columns = (on_chip[Q] - 1) * layer.stride.horizontal + on_chip[S];
      EXPECT_LE(banks(on_chip[N] * on_chip[C] * ifmap_rows * ifmap_columns) +
                    banks(on_chip[N] * on_chip[M] * on_chip[P] * on_chip[Q]),
                eyeriss.global_buffer.banks);
      EXPECT_LE(array[M] * array[C] * array[R] * array[S], eyeriss.global_buffer.weight_prefetch_words);
      EXPECT_LE(in_pe[C] * in_pe[R] * in_pe[S], eyeriss.pe.ifmap_rf_words);
      EXPECT_LE(in_pe[M] * in_pe[C] * in_pe[R] * in_pe[S], eyeriss.pe.weight_rf_words);
      EXPECT_LE(in_pe[N] * in_pe[M] * in_pe[P] * in_pe[Q], eyeriss.pe.psum_rf_words);
    }
  }
}

TEST(MappingFile, ADocumentedFileShipsForEveryAlexNetLayer) {
  const auto mappings = read_mappings(config::Node::load(kFolder + "alexnet.yaml")).mappings;
  const auto layers = read_workload(config::Node::load(WEIR_SOURCE_DIR "/workloads/alexnet.yaml"), 4).layers;
  for (const Layer& layer : layers) EXPECT_TRUE(mappings.contains(layer.name)) << layer.name;
  EXPECT_EQ(mappings.size(), layers.size());
}

}  // namespace
}  // namespace weir
