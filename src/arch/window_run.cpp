#include "arch/window_run.h"

#include <algorithm>

namespace weir::arch {
namespace {

using enum Dimension;

/// What a run gives must be worth its beginning and its end.
constexpr std::int64_t kFewestWindows = 6;

}  // namespace

bool WindowRun::continues(const Tile& last, const Tile& next) const {
  Extents base = last.base;
  base[dimension] += step;
  return base == next.base && last.extents == next.extents;
}

std::optional<WindowRun> find_window_run(const LoopNest& nest, const Layer& layer) {
  const auto& loops = nest.loops(Level::global_buffer);
  const auto inner =
      std::find_if(loops.rbegin(), loops.rend(), [](const NestLoop& l) { return l.bound > 1; });
  if (inner == loops.rend() || inner->bound < kFewestWindows) return std::nullopt;
  const auto& [dimension, bound, step] = *inner;
  if (dimension == N) return WindowRun{1, N, step, step, bound};
  if (dimension == P) return WindowRun{3, P, step, step * layer.stride.vertical, bound};
  if (dimension == Q) return WindowRun{4, Q, step, step * layer.stride.horizontal, bound};
  return std::nullopt;
}

StreamLayout::StreamLayout(const Coordinates& box, const WindowRun& run) {
  const std::int64_t last = (box[run.axis] - 1) / run.slide;
  const std::int64_t line = (run.most + last + 2 * kBlock - 1) / kBlock * kBlock;
  Coordinates lines = box;
  lines[run.axis] = std::min(run.slide, box[run.axis]) * line;
  words_ = BoxLayout(lines, run.axis);
  for (std::int64_t x = 0; x < box[run.axis]; ++x) along_.push_back(x % run.slide * line + x / run.slide);
}

}  // namespace weir::arch
