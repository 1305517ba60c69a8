#include "mapper/mapper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "mapper/steps.h"
#include "mapping/check.h"
#include "support/brute_force.h"
#include "support/shipped.h"
#include "support/small_case.h"
#include "workload/workload.h"

namespace weir {
namespace {

using test::draw_small;
using test::eyeriss_prices;
using test::rule;
using test::shipped;
using test::Small;
using test::small_rules;

/// The best of all mappings, and how many there are.
template <typename Cost>
SearchResult try_all(const Small& small, const Cost& cost) {
  const RankingOrder better(small.dataflow.prefer);
  SearchResult result;
  test::for_each_mapping(small.layer, small.accelerator, small.dataflow, [&](const Mapping& mapping) {
    ++result.legal;
    const RankedMapping tried{mapping, cost.evaluate(mapping)};
    if (result.best.empty() || better(tried, result.best.front())) result.best = {tried};
  });
  return result;
}

template <typename Cost>
void expect_same_optimum(const Small& small, const Cost& cost) {
  const Space space(small.layer, small.accelerator, small.dataflow, {});
  const SearchResult found =
      Search(space, cost, small.dataflow.prefer, {.count_legal = true, .progress = {}}).run();
  const SearchResult expected = try_all(small, cost);
  ASSERT_EQ(found.legal, expected.legal);
  ASSERT_EQ(found.best.empty(), expected.best.empty());
  if (found.best.empty()) return;
  EXPECT_EQ(found.best[0].score.cost, expected.best[0].score.cost);
  EXPECT_EQ(mapping_text({{"small", found.best[0].mapping}}),
            mapping_text({{"small", expected.best[0].mapping}}));
}

/// Counts steps, dearer in some dimensions, and likes some orders.
struct ToyCost {
  Layer layer;

  static double weight(std::size_t d) { return static_cast<double>(d * 7 % 5) + 1; }
  Score evaluate(const Mapping& mapping) const {
    Score score;
    for (const Level level : {Level::dram, Level::global_buffer}) {
      for (std::size_t i = 0; i < mapping.at(level).size(); ++i) {
        const auto& [d, bound] = mapping.at(level)[i];
        score.cost += weight(static_cast<std::size_t>(d)) * static_cast<double>(bound - 1);
        score.cost += static_cast<double>((static_cast<std::size_t>(d) + i) % 3);
      }
    }
    return score;
  }
  /// A split of n steps has bounds of a * b >= n, of which a + b - 2 is at least 2 sqrt(n) - 2.
  double bound(const Candidate& candidate) const {
    double least = 0;
    for (std::size_t d = 0; d < kDimensions; ++d)
      least += weight(d) * 2 * (std::sqrt(static_cast<double>(candidate.splits.values[d].steps)) - 1);
    return least * 0.999;
  }
  double sharp_bound(const Candidate& candidate, double) const { return bound(candidate); }
};

TEST(Mapper, FindsTheOptimumOfAToyCost) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    const Small small = draw_small(seed);
    expect_same_optimum(small, ToyCost{small.layer});
  }
}

TEST(Mapper, FindsTheOptimumOfTheEstimate) {
  for (std::uint64_t seed = 0; seed < 240; ++seed) {
    SCOPED_TRACE(seed);
    const Small small = draw_small(seed);
    expect_same_optimum(small, MappingCost(small.layer, small.accelerator, eyeriss_prices(),
                                           static_cast<Objective>(seed / 4 % 3),
                                           seed % 3 == 0 ? Overlap::total : Overlap::processing));
  }
}

/// Of layers in steps: what has loops over N on several levels, and whole steps in a PE.
TEST(Mapper, FindsTheOptimumOfLayersInSteps) {
  const std::vector<Dataflow> rules = {
      rule("{dataflow: i, pe: [N, S], pe_columns: [N, M], pe_rows: [N, R], global_buffer: [[N, M], [C, P]], "
           "dram: [G, [N, P, Q, M]], keep: {weight: any}}"),
      rule("{dataflow: j, pe: [N<=3, C], pe_rows: [M, R], global_buffer: [N, [M, Q], S], dram: [G, [N, P, "
           "C]], "
           "keep: {weight: any}}"),
      rule("{dataflow: k, pe: [N=2], pe_rows: [N], global_buffer: [N=all, [M, Q], S], dram: [N, G, [R, P, "
           "C]], "
           "keep: {weight: any}}")};
  std::size_t found = 0, spread = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    Small small = draw_small(seed);
    for (const Dimension d : {Dimension::M, Dimension::C, Dimension::P, Dimension::Q})
      small.layer.bounds[d] = std::min<std::int64_t>(small.layer.bounds[d], 3);
    small.layer.steps = static_cast<std::int64_t>(2 + seed % 3);
    small.layer.bounds[Dimension::N] = small.layer.steps * static_cast<std::int64_t>(1 + seed / 3 % 7);
    const Dataflow& given = rules[seed / 21 % rules.size()];
    small.dataflow = in_steps(given, small.layer, small.accelerator);
    const MappingCost cost(small.layer, small.accelerator, eyeriss_prices(), Objective::energy,
                           Overlap::processing);
    expect_same_optimum(small, cost);
    const auto best = try_all(small, cost).best;
    if (best.empty()) continue;
    ++found;
    std::size_t loops = 0;
    for (const auto& level : best.front().mapping.loops)
      loops += std::count_if(level.begin(), level.end(),
                             [](const Loop& loop) { return loop.dimension == Dimension::N; });
    spread += loops > 2 ? 1 : 0;
  }
  EXPECT_GT(found, 60U);
  EXPECT_GT(spread, 10U);
}

/// The bounds of the candidates that a walk has entered and not left.
class Entered {
 public:
  void enter(const Candidate& candidate, double bound) {
    std::uint32_t decided = 0;
    for (const Dimension d : kAllDimensions) {
      const Place& place = candidate.buffer_places[d];
      if (place.outermost == place.innermost) decided |= 1U << static_cast<unsigned>(d);
    }
    const auto is_left = [&](const auto& entry) {
      return (entry.first | decided) != decided || entry.first == decided;
    };
    std::erase_if(bounds_, is_left);
    bounds_.emplace_back(decided, bound);
  }
  double highest() const {
    double highest = 0;
    for (const auto& [decided, bound] : bounds_) highest = std::max(highest, bound);
    return highest;
  }

 private:
  std::vector<std::pair<std::uint32_t, double>> bounds_;  ///< by the dimensions decided
};

TEST(Mapper, BoundsNothingAboveItsCost) {
  constexpr double kNoLimit = std::numeric_limits<double>::infinity();
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Small small = draw_small(seed);
    const Space space(small.layer, small.accelerator, small.dataflow, {});
    for (const Objective objective : {Objective::energy, Objective::latency}) {
      const MappingCost cost(small.layer, small.accelerator, eyeriss_prices(), objective,
                             small.accelerator.global_buffer.ifmap_bypasses || seed % 3 > 0
                                 ? Overlap::processing
                                 : Overlap::total);
      const auto bound = [&](const Candidate& c) { return cost.sharp_bound(c, kNoLimit); };
      Mapping mapping;
      for (const auto& [all, choices] : space.arrays()) {
        Entered entered;
        const auto enter = [&](const Candidate& walked) {
          entered.enter(walked, bound(walked));
          return true;
        };
        const double all_bound = bound(all);
        space.for_each_bounds(all, enter, [&](const Candidate& open) {
          const double open_bound = std::max({all_bound, entered.highest(), bound(open)});
          for (const Space::ArrayChoice& choice : choices) {
            Candidate array = all, one = open;
            space.set_array(choice, array);
            space.set_array(choice, one);
            const double one_bound = std::max({open_bound, bound(array), bound(one)});
            Candidate ordered_one = one;
            for (const LoopOrder& dram : space.dram_orders(open)) {
              for (const LoopOrder& buffer : space.buffer_orders(open)) {
                space.build(one, dram, buffer, mapping);
                // As many as are decided, from the innermost on; the buffer's before those at dram.
                double order_bound = 0;
                Candidate ordered = open;
                for (std::size_t from = buffer.count; from-- > 0;) {
                  Space::place_buffer(buffer, from, ordered);
                  order_bound = std::max(order_bound, cost.bound(ordered));
                }
                for (std::size_t from = dram.count; from-- > 0;) {
                  Space::place_dram(dram, from, ordered);
                  order_bound = std::max(order_bound, cost.bound(ordered));
                }
                Space::place_dram(dram, 0, ordered_one);
                Space::place_buffer(buffer, 0, ordered_one);
                ASSERT_LE(std::max({one_bound, order_bound, cost.bound(ordered_one)}),
                          cost.evaluate(mapping).cost)
                    << seed << "\n"
                    << mapping_text({{"small", mapping}});
              }
            }
          }
        });
      }
    }
  }
}

TEST(Mapper, TakesTheBestOfSeveralRules) {
  std::size_t by_second = 0, without = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    const Small small = draw_small(seed);
    const auto search = [&](const Dataflow& dataflow) -> std::optional<RankedMapping> {
      try {
        return find_mappings(small.layer, small.accelerator, eyeriss_prices(), dataflow, {}).best.front();
      } catch (const config::InputError&) {
        return std::nullopt;
      }
    };
    const Dataflow other = rule(small_rules()[(seed + 1) % small_rules().size()]);
    Dataflow both = small.dataflow;
    both.alternatives = {other};
    const auto first = search(small.dataflow), second = search(other), best = search(both);
    ASSERT_EQ(best.has_value(), first || second);
    if (!best) {
      ++without;
      continue;
    }
    const RankingOrder better(both.prefer);
    const bool takes_second = !first || (second && better(*second, *first));
    EXPECT_EQ(best->mapping.loops, (takes_second ? second : first)->mapping.loops);
    by_second += takes_second ? 1 : 0;
  }
  EXPECT_GT(by_second, 0U);
  EXPECT_LT(by_second + without, 40U);
}

/// Each rule has its own mappings, those that another allows, too, included.
TEST(Mapper, CountsTheLegalMappingsOfAllRules) {
  MapperRequest request;
  request.search.count_legal = true;
  std::size_t of_several = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    Small small = draw_small(seed);
    const auto legal_of = [&](const Dataflow& dataflow) {
      std::uint64_t legal = 0;
      test::for_each_mapping(small.layer, small.accelerator, dataflow, [&](const Mapping&) { ++legal; });
      return legal;
    };
    std::vector<std::uint64_t> legal = {legal_of(small.dataflow)};
    for (const std::uint64_t other : {seed + 1, seed + 2}) {
      small.dataflow.alternatives.push_back(rule(small_rules()[other % small_rules().size()]));
      legal.push_back(legal_of(small.dataflow.alternatives.back()));
    }
    const std::uint64_t all = std::accumulate(legal.begin(), legal.end(), std::uint64_t{0});
    if (all == 0) continue;
    EXPECT_EQ(find_mappings(small.layer, small.accelerator, eyeriss_prices(), small.dataflow, request).legal,
              all);
    of_several += std::count(legal.begin(), legal.end(), 0) <= 1 ? 1 : 0;
  }
  EXPECT_GT(of_several, 5U);
}

/// What is found is legal, and what is written of it can be read, whatever the size.
TEST(Mapper, FindsMappingsOfTheLargestLayersThatFilesCanHave) {
  const Accelerator accelerator = read_accelerator(shipped("configs/systolic-16x16.yaml"));
  const Layer layer =
      read_workload(config::Node::parse("{workload: w, layers: [{name: a, kind: conv, input: [1, 1048576, "
                                        "1048576], output_channels: 1, filter: [1, 1]}]}",
                                        "w.yaml"),
                    1)
          .layers.front();
  const auto found = find_mappings(layer, accelerator, eyeriss_prices(),
                                   read_dataflow(shipped("dataflows/weight-stationary/dataflow.yaml")), {});
  const std::string text = mapping_text({{"a", found.best.front().mapping}});
  const Mapping mapping = read_mappings(config::Node::parse(text, "m.yaml")).mappings.at("a");
  EXPECT_EQ(mapping.loops, found.best.front().mapping.loops);
  EXPECT_NO_THROW(check_mapping(mapping, layer, accelerator));
}

TEST(Mapper, AnswersTheSameForAnyNumberOfThreads) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const Small small = draw_small(seed);
    const Space space(small.layer, small.accelerator, small.dataflow, {});
    const MappingCost cost(small.layer, small.accelerator, eyeriss_prices(), Objective::edp,
                           Overlap::processing);
    const auto run = [&](unsigned threads) {
      return Search(space, cost, small.dataflow.prefer,
                    {.top = 5, .count_legal = true, .threads = threads, .progress = {}})
          .run();
    };
    const SearchResult one = run(1);
    const SearchResult four = run(4);
    EXPECT_EQ(one.legal, four.legal);
    EXPECT_EQ(one.evaluated, four.evaluated);
    ASSERT_EQ(one.best.size(), four.best.size());
    for (std::size_t i = 0; i < one.best.size(); ++i) {
      EXPECT_EQ(one.best[i].mapping.loops, four.best[i].mapping.loops);
      EXPECT_EQ(one.best[i].score.cost, four.best[i].score.cost);
    }
  }
}

}  // namespace
}  // namespace weir
