#include "mapping/own_words.h"

namespace weir {
namespace {

constexpr std::size_t kRowAxis = 3, kColumnAxis = 4;

}  // namespace

std::int64_t OwnWords::in(const AxisTile& tile) const {
  if (tile.is_solid()) return before(tile.end()) - before(tile.first);
  if (has_all(tile)) return tile.words();
  return in_both(tile, tile);
}

std::int64_t OwnWords::in_both(const AxisTile& a, const AxisTile& b) const {
  const std::int64_t from = std::max({a.first, b.first, first});
  const std::int64_t to = std::min({a.end(), b.end(), end()});
  if (from >= to) return 0;
  if (a.is_solid() && b.is_solid()) return before(to) - before(from);
  std::int64_t words = 0;
  for (std::int64_t at = from; at < to; ++at) words += has(at) && a.has(at) && b.has(at) ? 1 : 0;
  return words;
}

OwnWords own_rows(const Layer& layer) {
  return {layer.padding.top, ceil_div(layer.input.vertical, layer.spacing.vertical), layer.spacing.vertical};
}

OwnWords own_columns(const Layer& layer) {
  return {layer.padding.left, ceil_div(layer.input.horizontal, layer.spacing.horizontal),
          layer.spacing.horizontal};
}

bool makes_zeros(const Layer& layer, const GlobalBufferSpec& buffer) {
  return buffer.padding == PaddingZeros::made && has_zeros(layer);
}

void leave_own_words(const Layer& layer, Footprint& footprint) {
  const auto leave = [&](std::size_t axis, const OwnWords& own) {
    std::erase_if(footprint.axes[axis], [&](std::int64_t at) { return !own.has(at); });
  };
  leave(kRowAxis, own_rows(layer));
  leave(kColumnAxis, own_columns(layer));
}

}  // namespace weir
