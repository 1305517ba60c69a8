#include <gtest/gtest.h>

#include <algorithm>

#include "mapper/mapper.h"
#include "mapping/check.h"
#include "support/errors.h"
#include "support/shipped.h"
#include "workload/workload.h"

namespace weir {
namespace {

using test::error_of;
using test::eyeriss_prices;
using test::layer_of;
using test::shipped;

const std::string kOneRule = "dataflows/row-stationary/";

class MapperOnEyeriss : public ::testing::Test {
 protected:
  const Layer& layer(const std::string& name) const { return layer_of(alexnet_, name); }
  SearchResult find(const std::string& name, const Pins& pins = {}, std::size_t top = 1) const {
    MapperRequest request;
    request.pins = pins;
    request.search.top = top;
    request.search.count_legal = true;
    return find_mappings(layer(name), eyeriss_, eyeriss_prices(), rule_, request);
  }
  static Pins pins(const std::string& text) {
    return read_pins(config::Node::parse("mappings: {layer: " + text + "}", "pins.yaml")).at("layer");
  }

  Accelerator eyeriss_ = read_accelerator(shipped("configs/eyeriss.yaml"));
  Workload alexnet_ = read_workload(shipped("workloads/alexnet.yaml"), 4);
  Dataflow rule_ = read_dataflow(shipped(kOneRule + "dataflow.yaml"));
};

/// Zero for one mapping and one for others.
struct Wanted {
  Mapping mapping;

  Score evaluate(const Mapping& tried) const { return {tried.loops == mapping.loops ? 0.0 : 1.0, 0, 0, 0}; }
  double bound(const Candidate& candidate) const {
    for (const Dimension d : kAllDimensions) {
      const Split& split = candidate.splits[d];
      std::int64_t extent = 1;
      for (const Level level : {Level::pe, Level::pe_columns, Level::pe_rows}) {
        for (const Loop& loop : mapping.at(level)) extent *= loop.dimension == d ? loop.bound : 1;
      }
      if (extent != split.extent) return 1;
    }
    return 0;
  }
  double sharp_bound(const Candidate& candidate, double) const { return bound(candidate); }
};

TEST_F(MapperOnEyeriss, ThePublishedMappingsAreInTheSpace) {
  for (const auto& [name, mapping] :
       read_mappings(shipped(kOneRule + "mappings/eyeriss/alexnet.yaml")).mappings) {
    const Space space(layer(name), eyeriss_, rule_, {});
    const SearchResult found = Search(space, Wanted{mapping}, rule_.prefer, {}).run();
    ASSERT_FALSE(found.best.empty()) << name;
    EXPECT_EQ(found.best[0].score.cost, 0) << name;
  }
}

TEST_F(MapperOnEyeriss, CostsNoMoreThanThePublishedMappings) {
  for (const auto& [name, mapping] :
       read_mappings(shipped(kOneRule + "mappings/eyeriss/alexnet.yaml")).mappings) {
    if (name.starts_with("fc")) continue;
    SCOPED_TRACE(name);
    const SearchResult found = find(name, {}, 4);
    const MappingCost cost(layer(name), eyeriss_, eyeriss_prices(), Objective::energy, Overlap::processing);
    EXPECT_LE(found.best[0].score.energy, cost.evaluate(mapping).energy);
    EXPECT_EQ(found.best.size(), 4U);
    for (const RankedMapping& best : found.best)
      EXPECT_NO_THROW(check_mapping(best.mapping, layer(name), eyeriss_));
  }
}

TEST_F(MapperOnEyeriss, KeepsPins) {
  const auto found = find("conv1", pins("{pe: [S=11, M=16], pe_columns: [P=7, ...], dram: [N=2, ...]}"), 3);
  for (const auto& [mapping, score] : found.best) {
    EXPECT_EQ(mapping.at(Level::pe), (std::vector<Loop>{{Dimension::S, 11}, {Dimension::M, 16}}));
    EXPECT_EQ(mapping.at(Level::pe_columns).back(), (Loop{Dimension::P, 7}));
    EXPECT_NE(
        std::find(mapping.at(Level::dram).begin(), mapping.at(Level::dram).end(), (Loop{Dimension::N, 2})),
        mapping.at(Level::dram).end());
  }
  const auto all =
      find("conv5", pins("{dram: [G=2, M=2, C=32], global_buffer: [M=2, N=4, Q=13],"
                         " pe_rows: [M=2, C=2, R=3], pe_columns: [P=13], pe: [C=3, S=3, M=16]}"));
  EXPECT_EQ(all.legal, 1U);
}

TEST_F(MapperOnEyeriss, RefusesPinsOutsideTheDataflow) {
  const auto error = [&](const std::string& text) { return error_of([&] { find("conv1", pins(text)); }); };
  EXPECT_EQ(error("{pe: [Q=5]}"),
            "pins.yaml:1:12: error: pins: Q=5 at pe; row-stationary has no such loop there");
  EXPECT_EQ(error("{global_buffer: [Q=55, M=3]}"),
            "pins.yaml:1:12: error: pins: M at global_buffer stands further outside in row-stationary");
  EXPECT_EQ(error("{pe: [M=4, M=2]}"), "pins.yaml:1:12: error: pins: M stands twice at pe");
}

TEST_F(MapperOnEyeriss, SaysWhyALayerCannotBeMapped) {
  const auto error = [&](auto change) {
    const Accelerator before = eyeriss_;
    change(eyeriss_);
    const std::string message = error_of([&] { find("conv1"); });
    eyeriss_ = before;
    return message.substr(message.find("conv1"));
  };
  const std::string cannot = "conv1 cannot be mapped on eyeriss as row-stationary says: ";
  EXPECT_EQ(error([](Accelerator& a) { a.pe.ifmap_rf_words = 10; }),
            cannot + "ifmap tile in ifmap_rf: 11 needed for the smallest tile, 10 there: 1 too many");
  EXPECT_EQ(error([](Accelerator& a) { a.rows = 10; }),
            cannot + "the loops that row-stationary allows over R cannot cover 11 on 10 rows and 14 columns");
  EXPECT_EQ(
      error([](Accelerator& a) { a.global_buffer.banks = 2; }),
      cannot +
          "global_buffer: 6144 words needed for the smallest tiles (ifmap 2497 words, psum 55 words) in "
          "3 banks, 4096 there in 2: 1 banks too many");
  EXPECT_EQ(error([](Accelerator& a) { a.global_buffer.weight_prefetch_words = 100; }),
            cannot +
                "weights of a pass in the prefetch banks: 121 needed for the smallest tile, 100 there: 21 "
                "too many");
}

}  // namespace
}  // namespace weir
