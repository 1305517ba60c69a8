#include "timing/step_cursor.h"

#include <algorithm>

#include "timing/cycle.h"

namespace weir::timing {

StepCursor::StepCursor(const LoopNest& nest)
    : loops_(nest.loops(Level::dram)),
      dram_loops_(loops_.size()),
      bounds_(nest.whole().extents),
      tile_{{}, nest.tile(Level::pe_rows)} {
  const auto& inner = nest.loops(Level::global_buffer);
  loops_.insert(loops_.end(), inner.begin(), inner.end());
  index_.assign(loops_.size(), 0);
  spans_.assign(loops_.size() + 1, tile_.extents);
  for (std::size_t n = loops_.size(); n-- > 0;) {
    const auto& [d, bound, step] = loops_[n];
    spans_[n] = spans_[n + 1];
    spans_[n][d] = std::min(bound * step, bounds_[d]);
  }
}

Extents StepCursor::extents(std::size_t n) const {
  Extents extents;
  for (const Dimension d : kAllDimensions) extents[d] = std::min(spans_[n][d], bounds_[d] - tile_.base[d]);
  return extents;
}

std::int64_t StepCursor::places(std::size_t n, Dimension d) const {
  return ceil_div(std::min(spans_[n][d], bounds_[d] - tile_.base[d]), spans_.back()[d]);
}

std::int64_t StepCursor::steps(std::size_t n) const {
  std::int64_t product = 1;
  for (const Dimension d : kAllDimensions) product *= places(n, d);
  return product;
}

bool StepCursor::leave(std::size_t n, std::int64_t steps) {
  number_ += steps;
  for (entered_ = n; entered_ > 0; --entered_) {
    const std::size_t i = entered_ - 1;
    const auto& [d, bound, step] = loops_[i];
    const bool more = index_[i] + 1 < bound && tile_.base[d] + step < bounds_[d];
    tile_.base[d] += more ? step : -index_[i] * step;
    index_[i] = more ? index_[i] + 1 : 0;
    tile_.extents[d] = std::min(spans_.back()[d], bounds_[d] - tile_.base[d]);
    if (more) return true;
  }
  return false;
}

}  // namespace weir::timing
