#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/nest.h"

namespace weir {

/// A PE with work: its place in the array and its part of the array's tile.
struct ActivePe {
  std::int64_t pe;          ///< row * columns + column, of the rows and columns that the mapping uses
  Tile tile;                ///< relative to the array's tile
  std::int64_t macs;        ///< of its window
  std::int64_t psum_words;  ///< of its tile
};

/// Whether psums of PEs that differ in `d` are added from neighbour to neighbour.
bool sums_neighbours(Dimension d, const NeighbourSums& sums);

/// PEs of one column that sum up the same psums; indices into ArrayShape::active, top (lowest row) first.
struct Chain {
  std::vector<std::size_t> members;
  bool first = true;  ///< none before it sums up the same psums
};

/// Who does what when the array's tile has certain extents: all that follows from the spatial loops alone.
struct ArrayShape {
  Extents extents;               ///< of the array's tile
  std::vector<ActivePe> active;  ///< row by row
  std::vector<Chain> chains;     ///< by (row of the top, column)
};

/// The shapes that occur in a layer, each made once. References stay valid.
class ArrayShapes {
 public:
  /// `nest` must outlive this.
  explicit ArrayShapes(const LoopNest& nest, const NeighbourSums& sums = {}) : nest_(nest), sums_(sums) {}
  const ArrayShape& at(const Extents& extents);
  /// The PEs that the mapping uses: their numbers are below.
  std::int64_t pes() const;

 private:
  ArrayShape make(const Extents& extents) const;

  const LoopNest& nest_;
  NeighbourSums sums_;
  std::vector<std::unique_ptr<ArrayShape>> shapes_;
};

}  // namespace weir
