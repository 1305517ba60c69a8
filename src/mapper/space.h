#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapper/bound_choices.h"
#include "mapper/candidate.h"
#include "mapper/loop_orders.h"
#include "mapping/capacity.h"
#include "mapping/dataflow.h"
#include "workload/layer.h"

namespace weir {

/// All legal mappings of a layer on an accelerator that a dataflow and pins allow. Bounds need not divide; of
/// those that make equally many steps of a dimension only the smallest is taken.
///
/// Made in three steps: what the array does (arrays), the bounds of the loops outside it (for_each_bounds),
/// their order (dram_orders, buffer_orders).
class Space {
 public:
  /// Throws config::InputError when the pins contradict the dataflow.
  Space(const Layer& layer, const Accelerator& accelerator, const Dataflow& dataflow, const Pins& pins);
  Space(const Space&) = delete;
  Space& operator=(const Space&) = delete;

  /// What the array does with each dimension, as numbers of BoundChoices::in_array().
  using ArrayChoice = std::array<std::uint32_t, kDimensions>;
  /// Choices for the array with the same tile: they leave the same to the loops outside.
  struct Arrays {
    Candidate all;  ///< stands for each of them, and for every choice of the loops outside
    std::vector<ArrayChoice> choices;
  };
  /// All that fit the PEs, by tile.
  const std::vector<Arrays>& arrays() const { return arrays_; }
  /// Lets the array of `candidate`, which stands for several with the same tile, be this one.
  void set_array(const ArrayChoice& array, Candidate& candidate) const;

  /// Calls visit(candidate) for all bounds of the loops outside arrays, as far as they fit the buffer; leaves
  /// out those for which enter(candidate), called with some dimensions decided, is false.
  template <typename Enter, typename Visit>
  void for_each_bounds(const Candidate& arrays, Enter enter, Visit visit) const;
  /// How many mappings there are.
  std::uint64_t count() const;

  /// The orders of the loops that the bounds of a candidate need.
  const std::vector<LoopOrder>& dram_orders(const Candidate& c) const { return dram_.of(dram_mask(c)); }
  const std::vector<LoopOrder>& buffer_orders(const Candidate& c) const { return buffer_.of(buffer_mask(c)); }
  /// Gives the loops of a level the places that an order says: those from number `from` on, which stand
  /// inside the others.
  static void place_dram(const LoopOrder& order, std::size_t from, Candidate& candidate) {
    place(order, from, kDecided, candidate.dram_places);
  }
  static void place_buffer(const LoopOrder& order, std::size_t from, Candidate& candidate) {
    place(order, from, kInsideDram + kDecided, candidate.buffer_places);
  }

  /// Writes the mapping of a candidate into `mapping`, whose memory is used again.
  void build(const Candidate& candidate, const LoopOrder& dram, const LoopOrder& buffer,
             Mapping& mapping) const;

  /// Why there is no mapping: what overflows for the smallest tile. Call when nothing was found.
  std::string why_empty() const;

 private:
  using Outside = BoundChoices::Outside;
  class ArrayMaker;

  /// The walk over the bounds of the loops outside an array: the dimension with most choices comes last.
  struct Walk {
    Candidate candidate;
    PerDimension<const std::vector<Outside>*> choices;
    std::array<Dimension, kDimensions> order = kAllDimensions;
    Extents tile;           ///< in the buffer; the smallest for dimensions that are not decided
    bool all_legal = true;  ///< whatever the choices

    const std::vector<Outside>& of(Dimension d) const { return *choices[d]; }
  };

  /// Sets which loops a dimension has outside the array: those of chosen bounds, or, as long as that is open,
  /// one that stands anywhere from dram to global_buffer.
  void place_chosen(Dimension d, Candidate& candidate) const;
  void place_open(Dimension d, Candidate& candidate) const;

  void make_arrays();
  /// The start of a walk, if anything fits.
  std::optional<Walk> start(const Candidate& arrays) const;
  void choose(Dimension d, const Outside& bounds, Walk& walk) const;
  /// How many of the choices of the walk's last dimension fit.
  std::size_t fitting(const Walk& walk) const;
  template <typename Enter, typename Run>
  void walk_bounds(std::size_t next, Walk& walk, Enter& enter, Run& run) const;
  std::uint64_t count(const Candidate& arrays) const;
  static bool steps_fit(const Candidate& candidate);
  /// Whether the bounds of the loops outside the array are legal, apart from the buffer.
  bool legal(const Candidate& candidate) const { return steps_fit(candidate) && finishes_sums(candidate); }
  /// Whether no loop at global_buffer leaves sums unfinished that have nowhere to stay.
  bool finishes_sums(const Candidate& candidate) const;
  bool fits_buffer(const Extents& tile, bool keeps_weights) const {
    return buffer_need(tile, keeps_weights, layer_, accelerator_).fits();
  }
  static void place(const LoopOrder& order, std::size_t from, std::int32_t first,
                    PerDimension<Place>& places);
  static std::uint32_t dram_mask(const Candidate& c);
  static std::uint32_t buffer_mask(const Candidate& c);
  std::string why_not_buffered() const;

  /// What came nearest to fit of what did not: how far the array's making got, and what overflowed there.
  struct Miss {
    enum Stage : std::uint8_t { nothing, places, register_files, prefetch };
    Stage stage = nothing;
    Need need;

    void note(Stage at, const Need& overflow);
  };

  const Layer layer_;
  const Accelerator accelerator_;
  const Dataflow dataflow_;
  const Pins pins_;
  const BoundChoices bounds_;
  const LoopOrders dram_;
  const LoopOrders buffer_;
  std::vector<Arrays> arrays_;
  Miss miss_;
  bool loses_sums_ = false;  ///< some choice for the array fits, but has psums that nothing adds up
};

template <typename Enter, typename Visit>
void Space::for_each_bounds(const Candidate& arrays, Enter enter, Visit visit) const {
  auto walk = start(arrays);
  if (!walk) return;
  const Dimension last = walk->order.back();
  const auto run = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      choose(last, walk->of(last)[i], *walk);
      if (walk->all_legal || legal(walk->candidate)) visit(static_cast<const Candidate&>(walk->candidate));
    }
  };
  walk_bounds(0, *walk, enter, run);
}

/// Goes through the choices of the walk's dimension number `next` and of those after it. run(n) is called
/// when all but the last are decided, of which the first n choices fit.
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
  place_open(d, walk.candidate);
}

}  // namespace weir
