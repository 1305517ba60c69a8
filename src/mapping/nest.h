#pragma once

#include <cstdint>
#include <vector>

#include "mapping/mapping.h"
#include "workload/layer.h"

namespace weir {

/// A box of a layer's loop space: per dimension a first index and how many.
struct Tile {
  Extents base;
  Extents extents;
};

/// The tile as far from its place.
inline Tile moved(Tile tile, const Extents& by) {
  for (const Dimension d : kAllDimensions) tile.base[d] += by[d];
  return tile;
}

/// A loop and how far one of its iterations moves along its dimension.
struct NestLoop {
  Dimension dimension;
  std::int64_t bound;
  std::int64_t step;
};

/// A mapping laid on a layer: steps of the loops, and the tiles below each level.
class LoopNest {
 public:
  LoopNest(const Mapping& mapping, const Layer& layer);

  const std::vector<NestLoop>& loops(Level level) const { return loops_[static_cast<std::size_t>(level)]; }
  /// The full tile inside the loops of the levels above `level`: what `level` and the levels below it span,
  /// cut at the layer's bounds. tile(Level::global_buffer) is the buffer's tile, tile(Level::pe_rows) the
  /// array's, tile(Level::pe) a PE's.
  const Extents& tile(Level level) const { return tiles_[static_cast<std::size_t>(level)]; }
  Tile whole() const { return {{}, bounds_}; }

 private:
  Extents bounds_;
  std::array<std::vector<NestLoop>, kLevels> loops_;
  std::array<Extents, kLevels> tiles_;
};

/// Walks the tiles that one level's loops make of a parent tile, in the nest's order. Tiles at the end of a
/// dimension are cut; iterations without work do not exist.
class TileWalker {
 public:
  /// Walks `level`'s loops, yielding tiles of the level below it. `nest` must outlive the walker.
  TileWalker(const LoopNest& nest, Level level, Level below);

  /// Goes to the first tile of `parent`.
  void enter(const Tile& parent);
  /// Goes to the next; false, and back at the first, when there is none.
  bool next();
  const Tile& tile() const { return tile_; }

 private:
  void cut(Dimension d);

  const std::vector<NestLoop>* loops_;
  Extents full_;
  std::vector<std::int64_t> index_;
  Extents end_;
  Tile tile_;
};

/// Walks all steps of a nest: the loops at dram and global_buffer.
class StepWalker {
 public:
  explicit StepWalker(const LoopNest& nest);

  /// Goes to the next step; false when the layer is done.
  bool next();
  std::int64_t number() const { return number_; }
  /// The array's tile in this step.
  const Tile& tile() const { return steps_.tile(); }
  /// The buffer's tile in this step.
  const Tile& buffer_tile() const { return buffer_tiles_.tile(); }
  /// Whether this step is the first of its buffer tile.
  bool enters_buffer_tile() const { return enters_; }

 private:
  TileWalker buffer_tiles_;
  TileWalker steps_;
  std::int64_t number_ = 0;
  bool enters_ = true;
};

/// Whether two tiles at the same level hold the same words of `tensor` (their bases agree where it is
/// touched).
bool same_place(const Extents& a, const Extents& b, Tensor tensor);

}  // namespace weir
