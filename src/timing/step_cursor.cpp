#include "timing/step_cursor.h"

#include <algorithm>

#include "timing/cycle.h"

namespace weir::timing {
namespace {

constexpr std::int64_t kLongLoop = 64;
constexpr std::int64_t kPart = 16;

}  // namespace

StepCursor::StepCursor(const LoopNest& nest)
    : bounds_(nest.whole().extents), tile_{{}, nest.tile(Level::pe_rows)} {
  for (const NestLoop& loop : nest.loops(Level::dram)) add(loop);
  dram_loops_ = loops_.size();
  for (const NestLoop& loop : nest.loops(Level::global_buffer)) add(loop);
  index_.assign(loops_.size(), 0);
  spans_.assign(loops_.size() + 1, tile_.extents);
  for (std::size_t n = loops_.size(); n-- > 0;) {
    const Part& part = loops_[n];
    spans_[n] = spans_[n + 1];
    spans_[n][part.dimension] = std::min({part.bound * part.step, part.span, bounds_[part.dimension]});
  }
}

void StepCursor::add(const NestLoop& loop) {
  const std::size_t first = loops_.size();
  std::int64_t inside = 1;
  while (ceil_div(loop.bound, inside) > kLongLoop) inside *= kPart;
  for (std::int64_t bound = ceil_div(loop.bound, inside);; bound = kPart, inside /= kPart) {
    loops_.push_back({{loop.dimension, bound, inside * loop.step}, first, loop.bound * loop.step});
    if (inside == 1) return;
  }
}

Extents StepCursor::extents(std::size_t n) const {
  Extents extents;
  for (const Dimension d : kAllDimensions) extents[d] = extent(n, d);
  return extents;
}

std::int64_t StepCursor::extent(std::size_t n, Dimension d) const {
  const bool is_part = n < loops_.size() && loops_[n].dimension == d;
  return std::min(spans_[n][d], (is_part ? end(n) : bounds_[d]) - tile_.base[d]);
}

std::int64_t StepCursor::end(std::size_t n) const {
  const Part& part = loops_[n];
  const std::int64_t layer_end = bounds_[part.dimension];
  if (part.first == n) return layer_end;
  std::int64_t begin = tile_.base[part.dimension];
  for (std::size_t i = part.first; i <= n; ++i) begin -= index_[i] * loops_[i].step;
  return std::min(layer_end, begin + part.span);
}

std::int64_t StepCursor::places(std::size_t n, Dimension d) const {
  return ceil_div(extent(n, d), spans_.back()[d]);
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
    const auto& [d, bound, step] = static_cast<const NestLoop&>(loops_[i]);
    const bool more = index_[i] + 1 < bound && tile_.base[d] + step < end(i);
    tile_.base[d] += more ? step : -index_[i] * step;
    index_[i] = more ? index_[i] + 1 : 0;
    tile_.extents[d] = std::min(spans_.back()[d], bounds_[d] - tile_.base[d]);
    if (more) return true;
  }
  return false;
}

}  // namespace weir::timing
