#include "datapath/window_run.h"

#include <algorithm>

#include "mapping/array_shape.h"
#include "mapping/capacity.h"

namespace weir::datapath {
namespace {

using enum Dimension;

/// What a run gives must be worth its beginning and its end.
constexpr std::int64_t kFewestWindows = 2;

}  // namespace

bool WindowRun::continues(const Tile& last, const Tile& next) const {
  Extents base = last.base;
  base[dimension] += step;
  return base == next.base && last.extents == next.extents;
}

std::optional<WindowRun> find_window_run(const LoopNest& nest, const Layer& layer,
                                         const Accelerator& accelerator) {
  for (const Tensor tensor : {Tensor::ifmap, Tensor::weight, Tensor::psum}) {
    if (!has_register_file(tensor, accelerator.pe)) return std::nullopt;
  }
  for (const Level level : {Level::pe_rows, Level::pe_columns}) {
    for (const NestLoop& loop : nest.loops(level)) {
      if (is_reduction(loop.dimension) && loop.bound > 1 &&
          !sums_neighbours(loop.dimension, accelerator.networks.neighbour_sums))
        return std::nullopt;
    }
  }
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

StreamLayout::StreamLayout(const BoxLayout& register_file, const WindowRun& run)
    : register_file_(register_file), axis_(run.axis) {
  const Coordinates& box = register_file.box();
  const std::int64_t last = (box[axis_] - 1) / run.slide;
  const std::int64_t line = (run.most + last + 2 * kBlock - 1) / kBlock * kBlock;
  Coordinates lines = box;
  lines[axis_] = std::min(run.slide, box[axis_]) * line;
  words_ = BoxLayout(lines, axis_);
  for (std::int64_t x = 0; x < box[axis_]; ++x) along_.push_back(x % run.slide * line + x / run.slide);
  places_.resize(static_cast<std::size_t>(box[3] * box[4]));
}

const std::vector<StreamLayout::Place>& StreamLayout::places(const Coordinates& origin) {
  const Coordinates& box = register_file_.box();
  const std::int64_t row = origin[3] % box[3];
  const std::int64_t column = origin[4] % box[4];
  auto& known = places_[static_cast<std::size_t>(row * box[4] + column)];
  if (known.empty()) known = make_places(row, column);
  return known;
}

std::vector<StreamLayout::Place> StreamLayout::make_places(std::int64_t first_row,
                                                           std::int64_t first_column) const {
  const Coordinates& box = register_file_.box();
  const Coordinates first{0, 0, 0, first_row, first_column};
  std::vector<Place> result;
  Coordinates word{};
  const auto add = [&] {
    std::int64_t in_file = 0;
    std::int64_t in_stream = along(word[axis_]);
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
      const std::int64_t place = (first[axis] + word[axis]) % box[axis];
      in_file += place * register_file_.stride()[axis];
      if (axis != axis_) in_stream += place * stride()[axis];
    }
    result.push_back({static_cast<std::int32_t>(in_file), static_cast<std::int32_t>(in_stream)});
  };
  for (word[0] = 0; word[0] < box[0]; ++word[0])
    for (word[1] = 0; word[1] < box[1]; ++word[1])
      for (word[2] = 0; word[2] < box[2]; ++word[2])
        for (word[3] = 0; word[3] < box[3]; ++word[3])
          for (word[4] = 0; word[4] < box[4]; ++word[4]) add();
  return result;
}

}  // namespace weir::datapath
