#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapper/candidate.h"
#include "mapper/loop_orders.h"
#include "mapping/capacity.h"
#include "mapping/dataflow.h"
#include "workload/layer.h"

namespace weir {

/// Throws config::InputError when pins say more than the dataflow allows.
void check_pins(const Pins& pins, const Dataflow& dataflow);

/// All legal mappings of a layer on an accelerator that a dataflow and pins allow. Bounds need not divide; of
/// those that make equally many steps of a dimension only the smallest is taken.
///
/// Made in three steps: what the array does, the loops' bounds outside it, their order.
class Space {
 public:
  /// Throws config::InputError when the pins contradict the dataflow.
  Space(const Layer& layer, const Accelerator& accelerator, const Dataflow& dataflow, const Pins& pins);

  /// Choices for the array with the same tile: they leave the same to the loops outside.
  struct Arrays {
    Candidate all;                   ///< stands for each of them
    std::vector<Candidate> choices;  ///< which stand for every choice of the loops outside
  };
  /// All that fit the PEs, by tile.
  const std::vector<Arrays>& arrays() const { return arrays_; }

  /// Calls visit(candidate) for all bounds of the loops outside an array, as far as they fit the buffer;
  /// leaves out those for which enter(candidate), called with some dimensions decided, is false.
  template <typename Enter, typename Visit>
  void for_each_bounds(const Candidate& array, Enter enter, Visit visit) const;
  /// How many mappings there are.
  std::uint64_t count() const;

  /// The orders of the loops that the bounds of a candidate need.
  const std::vector<LoopOrder>& dram_orders(const Candidate& c) const { return dram_.of(dram_mask(c)); }
  const std::vector<LoopOrder>& buffer_orders(const Candidate& c) const { return buffer_.of(buffer_mask(c)); }
  /// Lets the array of `candidate` be that of `array`, which has the same tile.
  static void set_array(const Candidate& array, Candidate& candidate);
  /// Gives the loops the places that an order says.
  static void place(const LoopOrder& dram, const LoopOrder& buffer, Candidate& candidate);

  /// Writes the mapping of a candidate into `mapping`, whose memory is used again.
  void build(const Candidate& candidate, const LoopOrder& dram, const LoopOrder& buffer,
             Mapping& mapping) const;

  /// Why there is no mapping: what overflows for the smallest tile. Call when nothing was found.
  std::string why_empty() const;

 private:
  /// Bounds inside the array for one dimension.
  struct InArray {
    std::int64_t part, columns, rows;
  };
  struct Outside {
    std::int64_t buffer, dram;
  };
  using Choices = std::vector<Outside>;
  /// The walk over the bounds of the loops outside an array: the dimension with most choices comes last.
  struct Walk {
    Candidate candidate;
    std::array<Choices, kDimensions> choices;
    std::array<Dimension, kDimensions> order = kAllDimensions;
    Extents tile;           ///< in the buffer; the smallest for dimensions that are not decided
    bool steps_fit = true;  ///< whatever the choices

    const Choices& of(Dimension d) const { return choices[static_cast<std::size_t>(d)]; }
  };

  std::vector<std::int64_t> bounds(Level level, Dimension d, std::int64_t left, std::int64_t most) const;
  std::vector<InArray> in_array(Dimension d) const;
  /// Places of loops in the orders that the dataflow leaves open, and of a dimension's steps when it is open
  /// which loops make them.
  void place_loops(Dimension d, Candidate& candidate) const;
  void place_steps(Dimension d, Candidate& candidate) const;
  void choose(Dimension d, const Outside& bounds, Walk& walk) const;
  Choices outside(Dimension d, std::int64_t steps) const;
  void group(const std::vector<Candidate>& arrays);
  void add_arrays(std::size_t next, Candidate& candidate, std::int64_t columns, std::int64_t rows,
                  std::vector<Candidate>& arrays);
  bool fits_pe(const Candidate& candidate);
  /// The start of a walk, if anything fits.
  std::optional<Walk> start(const Candidate& array) const;
  /// How many of the choices of the walk's last dimension fit.
  std::size_t fitting(const Walk& walk) const;
  template <typename Enter, typename Run>
  void walk_bounds(std::size_t next, Walk& walk, Enter& enter, Run& run) const;
  std::uint64_t count(const Candidate& array) const;
  static bool steps_fit(const Candidate& candidate) {
    std::int64_t steps = 1;
    for (const Split& split : candidate.splits.values) {
      if (split.buffer * split.dram > kMostSteps / steps) return false;
      steps *= split.buffer * split.dram;
    }
    return true;
  }
  bool fits_buffer(const Extents& tile, bool keeps_weights) const {
    return buffer_need(tile, keeps_weights, layer_, accelerator_).fits();
  }
  static std::uint32_t dram_mask(const Candidate& c);
  static std::uint32_t buffer_mask(const Candidate& c);
  /// Notes what did not fit, if nothing came nearer to fit.
  void note(int stage, const Need& need);
  std::string why_not_buffered() const;

  const Layer layer_;
  const Accelerator accelerator_;
  const Dataflow dataflow_;
  const Pins pins_;
  LoopOrders dram_;
  LoopOrders buffer_;
  PerDimension<std::vector<InArray>> in_array_;
  Extents least_part_;
  std::vector<Arrays> arrays_;
  struct Miss {
    int stage = -1;
    Need need;
  };
  Miss miss_;
};

template <typename Enter, typename Visit>
void Space::for_each_bounds(const Candidate& array, Enter enter, Visit visit) const {
  auto walk = start(array);
  if (!walk) return;
  const Dimension last = walk->order.back();
  const auto run = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      choose(last, walk->of(last)[i], *walk);
      if (walk->steps_fit || steps_fit(walk->candidate))
        visit(static_cast<const Candidate&>(walk->candidate));
    }
  };
  walk_bounds(0, *walk, enter, run);
}

template <typename Enter, typename Run>
void Space::walk_bounds(std::size_t next, Walk& walk, Enter& enter, Run& run) const {
  const Dimension d = walk.order[next];
  const Split split = walk.candidate.splits[d];
  const std::int64_t least = walk.tile[d];
  if (next + 1 == kDimensions) {
    run(fitting(walk));
  } else {
    for (const Outside& bounds : walk.of(d)) {
      choose(d, bounds, walk);
      if (walk.tile[d] > least && !fits_buffer(walk.tile, walk.candidate.weights_in_global_buffer)) break;
      if (walk.of(d).size() == 1 || enter(static_cast<const Candidate&>(walk.candidate)))
        walk_bounds(next + 1, walk, enter, run);
    }
  }
  walk.tile[d] = least;
  walk.candidate.splits[d] = split;
  place_steps(d, walk.candidate);
}

}  // namespace weir
