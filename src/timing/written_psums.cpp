#include "timing/written_psums.h"

#include <algorithm>

namespace weir::timing {
namespace {

constexpr std::size_t kMostRecent = 4096;  // more is not worth remembering

/// What the loops from the outermost reduction loop inwards span; only the array's tile, if there is none.
Extents region_of(const LoopNest& nest, const Extents& bounds, bool& revisits) {
  Extents span = nest.tile(Level::pe_rows);
  Extents inside = span;
  for (const Level level : {Level::global_buffer, Level::dram}) {
    const auto& loops = nest.loops(level);
    for (auto loop = loops.rbegin(); loop != loops.rend(); ++loop) {
      inside[loop->dimension] = std::min(loop->bound * loop->step, bounds[loop->dimension]);
      if (!is_reduction(loop->dimension) || loop->bound == 1) continue;
      span = inside;
      revisits = true;
    }
  }
  return span;
}

}  // namespace

void WrittenPsums::begin_layer(const LoopNest& nest, const Layer& layer, std::size_t psums,
                               bool within_step) {
  *this = {};
  revisits_ = within_step;
  const Extents& tile = nest.tile(Level::pe_rows);
  const Extents span = region_of(nest, layer.bounds, revisits_);
  psums_ = size_ = static_cast<std::int64_t>(psums);
  for (const Dimension d : kAllDimensions) {
    if (is_reduction(d) || tile[d] == layer.bounds[d]) continue;
    axes_.push_back({d, tile[d], span[d], ceil_div(span[d], tile[d]), ceil_div(layer.bounds[d], span[d])});
    size_ *= axes_.back().places;
  }
  if (revisits_) times_.assign(static_cast<std::size_t>(size_), 0);
}

std::int64_t WrittenPsums::place_of(const Extents& base) const {
  std::int64_t region = 0;
  std::int64_t tile = 0;
  for (const Axis& axis : axes_) {
    const std::int64_t number = base[axis.dimension] / axis.region;
    region = region * axis.regions + number;
    tile = tile * axis.places + (base[axis.dimension] - number * axis.region) / axis.place;
  }
  return region * size_ + tile * psums_;
}

Cycle WrittenPsums::time_of(std::int64_t place) const {
  if (!is_in_region(place)) return 0;
  const Cycle time = times_[static_cast<std::size_t>(place - first_)];
  return time >= since_ ? time : 0;
}

void WrittenPsums::note(std::int64_t place, Cycle time, Cycle passed) {
  ++bursts_;
  if (!revisits_) return;
  if (!is_in_region(place)) {
    first_ = place - place % size_;
    since_ = time;
    recent_.clear();
    forgotten_ = 0;
  }
  times_[static_cast<std::size_t>(place - first_)] = time;
  recent_.push_back({place, time});
  while (!recent_.empty() && (recent_.front().time <= passed || recent_.size() > kMostRecent)) {
    forgotten_ = recent_.front().time;
    recent_.pop_front();
  }
}

bool WrittenPsums::save(std::int64_t first, const Extents& base, Cycle zero, Cycle passed,
                        std::vector<std::int64_t>& state) const {
  const std::size_t count = state.size();
  state.push_back(0);
  const std::int64_t here = place_of(base);
  if (!is_in_region(here)) return true;  // nobody comes back to the others
  const std::int64_t first_known = bursts_ - static_cast<std::int64_t>(recent_.size());
  if (first < first_known && forgotten_ > passed) return false;
  for (auto i = static_cast<std::size_t>(std::max<std::int64_t>(0, first - first_known)); i < recent_.size();
       ++i) {
    const auto& [place, time] = recent_[i];
    if (time <= passed) continue;
    state.insert(state.end(), {place - here, time - zero});
    ++state[count];
  }
  return true;
}

const std::int64_t* WrittenPsums::load(const Extents& base, Cycle zero, Cycle passed,
                                       const std::int64_t* state) {
  const std::int64_t here = place_of(base);
  for (std::int64_t i = *state++; i > 0; --i, state += 2) note(state[0] + here, state[1] + zero, passed);
  return state;
}

}  // namespace weir::timing
