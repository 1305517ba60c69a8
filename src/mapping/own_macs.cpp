#include "mapping/own_macs.h"

namespace weir {

using enum Dimension;

OwnPairs::OwnPairs(Dimension output, Dimension tap, const Layer& layer)
    : output_(output),
      tap_(tap),
      stride_(output == P ? layer.stride.vertical : layer.stride.horizontal),
      dilation_(output == P ? layer.dilation.vertical : layer.dilation.horizontal),
      own_(output == P ? own_rows(layer) : own_columns(layer)),
      all_(in(0, layer.bounds[output], 0, layer.bounds[tap])) {}

std::int64_t OwnPairs::in(std::int64_t first_output, std::int64_t outputs, std::int64_t first_tap,
                          std::int64_t taps) const {
  std::int64_t pairs = 0;
  for (std::int64_t tap = first_tap; tap < first_tap + taps; ++tap)
    pairs += own_.in({first_output * stride_ + tap * dilation_, outputs, 1, stride_, 1});
  return pairs;
}

bool OwnPairs::are_all(const Tile& tile) const {
  return own_.has_all({tile.base[output_] * stride_ + tile.base[tap_] * dilation_, tile.extents[output_],
                       tile.extents[tap_], stride_, dilation_});
}

std::int64_t OwnMacs::in(const Tile& tile) const {
  const Extents& e = tile.extents;
  return e[G] * e[N] * e[M] * e[C] * vertical.in(tile)*horizontal.in(tile);
}

bool skips_macs(const Layer& layer, const Accelerator& accelerator) {
  return accelerator.pe.padding_macs == PaddingMacs::skipped && has_zeros(layer);
}

std::int64_t performed_macs(const Layer& layer, const Accelerator& accelerator) {
  return skips_macs(layer, accelerator) ? OwnMacs(layer).in({{}, layer.bounds}) : layer.macs();
}

}  // namespace weir
