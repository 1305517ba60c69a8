#pragma once

#include <array>
#include <cstdint>

#include "mapping/mapping.h"
#include "workload/layer.h"

namespace weir::estimate {

/// One dimension of a nest, seen as a row of positions: the places that the tile below takes along it, one
/// after the other. Within a position the tile is shared by `places` parts (the PEs unrolled over the
/// dimension) of `part` indices each.
struct Positions {
  std::int64_t part = 1;         ///< indices in a full part
  std::int64_t places = 1;       ///< parts in a full position
  std::int64_t count = 1;        ///< positions; the last may be cut
  std::int64_t span = 1;         ///< indices in a full position
  std::int64_t last_extent = 1;  ///< and in the last one

  /// `count` positions that cover `bound` indices.
  static Positions covering(std::int64_t bound, std::int64_t part, std::int64_t places, std::int64_t count) {
    const std::int64_t span = part * places;
    return {part, places, count, span, bound - (count - 1) * span};
  }

  bool cut() const { return last_extent < span; }
  /// Parts that `extent` indices of a position take.
  std::int64_t parts_in(std::int64_t extent) const {
    return extent == span ? places : part == 1 ? extent : (extent + part - 1) / part;
  }
};

/// How one dimension moves in a kind of transition from one step to the next, and how many of the dimension's
/// states do so.
struct Move {
  std::int64_t times;  ///< how many
  std::int64_t back;   ///< position before, relative to the one after: 0 stays, -1 is the advance, k > 0 a
                       ///< wrap from k on
  bool from_last;      ///< the position before is the last one
  bool to_last;        ///< the position after is
};

/// The moves of one dimension at the transitions that one loop makes when it advances and all loops inside it
/// begin anew. At most two kinds: one that touches the dimension's end, and one that does not.
using Moves = std::array<Move, 2>;

/// The moves of a dimension when a loop over another one advances. `inside`: the positions that the loops
/// over the dimension within that loop walk through.
Moves moves_beside(const Positions& positions, std::int64_t inside);

/// The moves of a dimension when a loop of `bound` iterations over it advances.
Moves moves_ahead(const Positions& positions, std::int64_t inside, std::int64_t bound);

/// Temporal loops, outermost first, without allocation.
struct TemporalLoops {
  static constexpr std::size_t kMost = 64;
  std::array<Loop, kMost> loops;
  std::size_t count = 0;

  void append(const std::vector<Loop>& more);
};

}  // namespace weir::estimate
