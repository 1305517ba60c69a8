#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mapping/nest.h"

namespace weir::timing {

/// A place in a layer's steps (docs/timing-model.md section 1), which can move on by a step or by a box: all
/// steps inside one iteration of the outer loops. The loops at dram and global_buffer are numbered from 0,
/// outermost first; box(n) is what loops n and those inside it walk through, from the present step on. A long
/// loop is walked as several nested ones, so that a part of it is a box, too.
class StepCursor {
 public:
  explicit StepCursor(const LoopNest& nest);

  /// The array's tile in the present step.
  const Tile& tile() const { return tile_; }
  /// Steps before this one.
  std::int64_t number() const { return number_; }
  std::size_t loops() const { return loops_.size(); }
  /// The least n so that the present step is the first of its box(n).
  std::size_t entered() const { return entered_; }
  /// Whether the present step is the first of its buffer tile.
  bool enters_buffer_tile() const { return entered_ <= dram_loops_; }
  /// What box(n) spans of the layer; the present step is its first.
  Extents extents(std::size_t n) const;
  /// Places of the array's tile in box(n), along a dimension.
  std::int64_t places(std::size_t n, Dimension d) const;
  std::int64_t steps(std::size_t n) const;

  /// Goes to the next step; false, and to the layer's beginning, when the layer is done.
  bool next() { return leave(loops_.size(), 1); }
  /// Goes to the step behind box(n), whose first the present one is.
  bool skip(std::size_t n) { return leave(n, steps(n)); }

 private:
  /// A loop, or a part of one.
  struct Part : NestLoop {
    std::size_t first;  ///< the number of the loop's outermost part
    std::int64_t span;  ///< of the whole loop
  };

  void add(const NestLoop& loop);
  bool leave(std::size_t n, std::int64_t steps);
  /// Where the whole loop that loop n is part of ends, along its dimension; the loops inside are at their
  /// first iteration.
  std::int64_t end(std::size_t n) const;
  std::int64_t extent(std::size_t n, Dimension d) const;

  std::vector<Part> loops_;
  std::vector<Extents> spans_;  ///< of the boxes, when they are not cut
  std::size_t dram_loops_ = 0;
  Extents bounds_;
  std::vector<std::int64_t> index_;
  Tile tile_;
  std::int64_t number_ = 0;
  std::size_t entered_ = 0;
};

}  // namespace weir::timing
