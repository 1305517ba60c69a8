#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

#include "mapper/ranking.h"
#include "mapper/space.h"

namespace weir {

struct SearchOptions {
  std::size_t top = 1;       ///< how many mappings to find, 1 or more
  bool count_legal = false;  ///< a walk through all bounds, for SearchResult::legal
  unsigned threads = 1;
  std::function<void(double)> progress;  ///< told the fraction done; may be empty
};

/// The best mappings of a space.
struct SearchResult {
  std::vector<RankedMapping> best;  ///< best first; empty if the space is
  std::uint64_t legal = 0;          ///< mappings in the space, if they were counted
  std::uint64_t evaluated = 0;      ///< of them, those that no bound ruled out
};

/// Finds the best mappings of a space. `Cost` has
///   Score evaluate(const Mapping&) const;      what a mapping costs
///   double bound(const Candidate&) const;      at most the cost of any completion of the candidate
///   double sharp_bound(const Candidate&, double limit) const;   the same, higher where bound() is not above
///                                                               the limit, and slower
/// and may be called by several threads. The result does not depend on their number.
template <typename Cost>
class Search {
 public:
  Search(const Space& space, const Cost& cost, std::vector<Preference> prefer, SearchOptions options)
      : space_(space), cost_(cost), order_(std::move(prefer)), options_(std::move(options)) {}

  SearchResult run();

 private:
  struct Array {
    double bound;
    std::size_t index;
  };
  /// What is known of the mappings of one tile of the array.
  struct Outcome {
    std::vector<RankedMapping> best;
    std::uint64_t evaluated = 0;
  };
  /// A candidate whose loops' bounds are decided, but not their order, and of arrays only the tile.
  struct Open {
    double bound;
    Candidate candidate;
  };
  /// Of an open candidate, an order of its loops and a choice for the array; their numbers.
  struct Leaf {
    double bound;
    std::uint32_t choice;
    std::uint16_t dram, buffer;
  };

  /// All arrays, samples of all first, and then the others; both by their bounds.
  struct Queue {
    std::vector<Array> arrays;
    std::size_t samples;
  };
  Queue queue_arrays() const;
  Outcome search_arrays(const Space::Arrays& arrays, double best_known) const;
  /// `choices`: of the arrays that it is for, those that may be no dearer than the best known.
  void search_open(const Open& open, const Space::Arrays& arrays,
                   const std::vector<Space::ArrayChoice>& choices, double best_known, Outcome& outcome) const;
  /// The orders of a candidate's loops that may be no dearer, written to `orders`; `ordered` is a copy of it.
  void find_orders(const Candidate& open, double open_bound, double best_known, Candidate& ordered,
                   std::vector<Leaf>& orders) const;
  template <typename PlaceLoops, typename Visit>
  void for_each_order(const std::vector<LoopOrder>& orders, double open_bound, double best_known,
                      const Candidate& ordered, PlaceLoops place_loops, Visit visit) const;
  double limit(const std::vector<RankedMapping>& best) const {
    return best.size() < options_.top ? std::numeric_limits<double>::infinity() : best.back().score.cost;
  }
  void keep(RankedMapping mapping, std::vector<RankedMapping>& best) const;
  /// Calls work(i) for all i below `count`, on all threads.
  template <typename Work>
  void share(std::size_t count, Work work) const;
  void report(double fraction) const {
    if (options_.progress) options_.progress(fraction);
  }

  const Space& space_;
  const Cost& cost_;
  RankingOrder order_;
  SearchOptions options_;
};

template <typename Cost>
SearchResult Search<Cost>::run() {
  SearchResult result;
  const auto [arrays, samples] = queue_arrays();
  // Rounds of a fixed size, each with the limit that the rounds before have found: what is evaluated does
  // not depend on the threads either.
  constexpr std::size_t kLargestRound = 64;
  std::size_t round = 1;
  for (std::size_t begin = 0; begin < arrays.size(); begin += round) {
    const double best_known = limit(result.best);
    if (begin >= samples && arrays[begin].bound > best_known) break;
    // What is known gets better fast at first, and again where the samples end.
    round = begin == 0 || begin == samples ? 1 : std::min(2 * round, kLargestRound);
    round = std::min(round, (begin < samples ? samples : arrays.size()) - begin);
    std::vector<Outcome> outcomes(round);
    share(round, [&](std::size_t i) {
      const Array& array = arrays[begin + i];
      if (array.bound <= best_known) outcomes[i] = search_arrays(space_.arrays()[array.index], best_known);
    });
    for (Outcome& outcome : outcomes) {
      result.evaluated += outcome.evaluated;
      for (RankedMapping& mapping : outcome.best) keep(std::move(mapping), result.best);
    }
    report(static_cast<double>(begin + round) / static_cast<double>(arrays.size()));
  }
  if (options_.count_legal) result.legal = space_.count();
  return result;
}

template <typename Cost>
typename Search<Cost>::Queue Search<Cost>::queue_arrays() const {
  std::vector<Array> arrays(space_.arrays().size());
  share(arrays.size(), [&](std::size_t i) {
    constexpr double kNoLimit = std::numeric_limits<double>::infinity();
    arrays[i] = {cost_.sharp_bound(space_.arrays()[i].all, kNoLimit), i};
  });
  std::sort(arrays.begin(), arrays.end(), [](const Array& a, const Array& b) {
    return std::pair(a.bound, a.index) < std::pair(b.bound, b.index);
  });
  // Where bounds lie close together they say little of what is best: samples of all find a good mapping
  // early.
  constexpr std::size_t kFewSamples = 62;
  const std::size_t stride = std::max<std::size_t>(1, arrays.size() / kFewSamples);
  std::size_t at = 0;
  const auto others =
      std::stable_partition(arrays.begin(), arrays.end(), [&](const Array&) { return at++ % stride == 0; });
  const auto samples = static_cast<std::size_t>(others - arrays.begin());
  return {std::move(arrays), samples};
}

template <typename Cost>
typename Search<Cost>::Outcome Search<Cost>::search_arrays(const Space::Arrays& arrays,
                                                           double best_known) const {
  Outcome outcome;
  const auto is_good = [&](const Candidate& open) {
    return cost_.sharp_bound(open, best_known) <= best_known;
  };
  std::vector<Space::ArrayChoice> choices;
  Candidate one = arrays.all;
  for (const Space::ArrayChoice& choice : arrays.choices) {
    space_.set_array(choice, one);
    if (is_good(one)) choices.push_back(choice);
  }
  if (choices.empty()) return outcome;
  std::vector<Open> opens;
  const auto visit = [&](const Candidate& open) {
    const double bound = cost_.sharp_bound(open, best_known);
    if (bound <= best_known) opens.push_back({bound, open});
  };
  space_.for_each_bounds(arrays.all, is_good, visit);
  // What is found where the bounds are least rules out others.
  std::vector<std::size_t> order(opens.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(opens[a].bound, a) < std::pair(opens[b].bound, b);
  });
  for (const std::size_t i : order) {
    const double least = std::min(best_known, limit(outcome.best));
    if (opens[i].bound > least) break;
    search_open(opens[i], arrays, choices, least, outcome);
  }
  return outcome;
}

template <typename Cost>
void Search<Cost>::search_open(const Open& open, const Space::Arrays& arrays,
                               const std::vector<Space::ArrayChoice>& choices, double best_known,
                               Outcome& outcome) const {
  // Most orders are ruled out for all choices at once.
  Candidate one = open.candidate;
  std::vector<std::size_t> good;
  for (std::size_t choice = 0; choice < choices.size(); ++choice) {
    if (arrays.choices.size() > 1) {
      space_.set_array(choices[choice], one);
      if (cost_.bound(one) > best_known) continue;
    }
    good.push_back(choice);
  }
  if (good.empty()) return;
  Candidate ordered = open.candidate;
  std::vector<Leaf> orders;
  find_orders(open.candidate, open.bound, best_known, ordered, orders);
  const auto& dram_orders = space_.dram_orders(open.candidate);
  const auto& buffer_orders = space_.buffer_orders(open.candidate);
  std::vector<Leaf> leaves;
  for (std::size_t i = 0; i < good.size() && !orders.empty(); ++i) {
    const std::size_t choice = good[i];
    space_.set_array(choices[choice], ordered);
    for (Leaf leaf : orders) {
      Space::place_dram(dram_orders[leaf.dram], 0, ordered);
      Space::place_buffer(buffer_orders[leaf.buffer], 0, ordered);
      // One choice alone is what all were bounded by.
      if (arrays.choices.size() > 1) leaf.bound = cost_.bound(ordered);
      leaf.choice = static_cast<std::uint32_t>(choice);
      if (leaf.bound <= best_known) leaves.push_back(leaf);
    }
  }
  std::stable_sort(leaves.begin(), leaves.end(),
                   [](const Leaf& a, const Leaf& b) { return a.bound < b.bound; });
  RankedMapping tried;
  for (const Leaf& leaf : leaves) {
    if (leaf.bound > limit(outcome.best)) break;
    space_.set_array(choices[leaf.choice], ordered);
    space_.build(ordered, dram_orders[leaf.dram], buffer_orders[leaf.buffer], tried.mapping);
    tried.score = cost_.evaluate(tried.mapping);
    ++outcome.evaluated;
    if (tried.score.cost <= best_known) keep(tried, outcome.best);
  }
}

template <typename Cost>
void Search<Cost>::find_orders(const Candidate& open, double open_bound, double best_known,
                               Candidate& ordered, std::vector<Leaf>& orders) const {
  orders.clear();
  const auto place_buffer = [&](const LoopOrder& order, std::size_t from) {
    ordered.buffer_places = open.buffer_places;
    Space::place_buffer(order, from, ordered);
  };
  const auto place_dram = [&](const LoopOrder& order, std::size_t from) {
    ordered.dram_places = open.dram_places;
    Space::place_dram(order, from, ordered);
  };
  for_each_order(space_.buffer_orders(open), open_bound, best_known, ordered, place_buffer,
                 [&](std::size_t buffer, double buffer_bound) {
                   for_each_order(space_.dram_orders(open), buffer_bound, best_known, ordered, place_dram,
                                  [&](std::size_t dram, double bound) {
                                    orders.push_back({bound, 0, static_cast<std::uint16_t>(dram),
                                                      static_cast<std::uint16_t>(buffer)});
                                  });
                   ordered.dram_places = open.dram_places;
                 });
}

/// Places a level's loops from the innermost outwards, and leaves out all orders of which the inner loops
/// alone cost too much.
template <typename Cost>
template <typename PlaceLoops, typename Visit>
void Search<Cost>::for_each_order(const std::vector<LoopOrder>& orders, double open_bound, double best_known,
                                  const Candidate& ordered, PlaceLoops place_loops, Visit visit) const {
  // Where there is but one order, placing the loops tells nothing new.
  if (orders.size() == 1) return visit(0, open_bound);
  const auto same_inner = [&](std::size_t a, std::size_t b, std::size_t from) {
    const LoopOrder& order = orders[a];
    return std::equal(order.dimensions.begin() + static_cast<std::ptrdiff_t>(from),
                      order.dimensions.begin() + static_cast<std::ptrdiff_t>(order.count),
                      orders[b].dimensions.begin() + static_cast<std::ptrdiff_t>(from));
  };
  for (std::size_t i = 0; i < orders.size();) {
    std::size_t from = orders[i].count;
    while (i > 0 && from > 0 && same_inner(i, i - 1, from - 1)) --from;
    double bound = open_bound;
    while (from > 0 && bound <= best_known) {
      --from;
      if (from == 1) --from;  // with one loop left the order is decided
      place_loops(orders[i], from);
      bound = cost_.bound(ordered);
    }
    if (bound <= best_known) {
      visit(i++, bound);
    } else {
      const std::size_t ruled_out = i;
      while (i < orders.size() && same_inner(i, ruled_out, from)) ++i;
    }
  }
}

template <typename Cost>
void Search<Cost>::keep(RankedMapping mapping, std::vector<RankedMapping>& best) const {
  if (best.size() == options_.top && !order_(mapping, best.back())) return;
  best.insert(std::upper_bound(best.begin(), best.end(), mapping, order_), std::move(mapping));
  if (best.size() > options_.top) best.pop_back();
}

template <typename Cost>
template <typename Work>
void Search<Cost>::share(std::size_t count, Work work) const {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex failing;
  const auto take = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      const std::lock_guard lock(failing);
      failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    const std::size_t threads = std::min<std::size_t>(options_.threads, count);
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(take);
    take();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace weir
