#include "mapping/nest.h"

#include <algorithm>

namespace weir {

LoopNest::LoopNest(const Mapping& mapping, const Layer& layer) : bounds_(layer.bounds) {
  Extents span;
  span.values.fill(1);
  for (std::size_t level = kLevels; level-- > 0;) {
    const auto& loops = mapping.loops[level];
    loops_[level].resize(loops.size());
    for (std::size_t i = loops.size(); i-- > 0;) {
      loops_[level][i] = {loops[i].dimension, loops[i].bound, span[loops[i].dimension]};
      span[loops[i].dimension] *= loops[i].bound;
    }
    for (const Dimension d : kAllDimensions) tiles_[level][d] = std::min(span[d], bounds_[d]);
  }
}

TileWalker::TileWalker(const LoopNest& nest, Level level, Level below)
    : loops_(&nest.loops(level)), full_(nest.tile(below)), index_(loops_->size(), 0) {}

void TileWalker::enter(const Tile& parent) {
  std::fill(index_.begin(), index_.end(), 0);
  tile_.base = parent.base;
  for (const Dimension d : kAllDimensions) {
    end_[d] = parent.base[d] + parent.extents[d];
    cut(d);
  }
}

bool TileWalker::next() {
  for (std::size_t i = loops_->size(); i-- > 0;) {
    const auto& [d, bound, step] = (*loops_)[i];
    if (index_[i] + 1 < bound && tile_.base[d] + step < end_[d]) {
      ++index_[i];
      tile_.base[d] += step;
      cut(d);
      return true;
    }
    tile_.base[d] -= index_[i] * step;
    index_[i] = 0;
    cut(d);
  }
  return false;
}

void TileWalker::cut(Dimension d) { tile_.extents[d] = std::min(full_[d], end_[d] - tile_.base[d]); }

StepWalker::StepWalker(const LoopNest& nest)
    : buffer_tiles_(nest, Level::dram, Level::global_buffer),
      steps_(nest, Level::global_buffer, Level::pe_rows) {
  buffer_tiles_.enter(nest.whole());
  steps_.enter(buffer_tiles_.tile());
}

bool StepWalker::next() {
  enters_ = !steps_.next();
  if (enters_) {
    if (!buffer_tiles_.next()) return false;
    steps_.enter(buffer_tiles_.tile());
  }
  ++number_;
  return true;
}

bool same_place(const Extents& a, const Extents& b, Tensor tensor) {
  return std::all_of(kAllDimensions.begin(), kAllDimensions.end(),
                     [&](Dimension d) { return !touches(d, tensor) || a[d] == b[d]; });
}

}  // namespace weir
