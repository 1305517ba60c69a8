#include "datapath/systolic_array.h"

#include <algorithm>

#include "mapping/systolic.h"

namespace weir::datapath {
namespace {

using enum Dimension;

/// sums[0..count) += value * words[0..count), modulo 2^32.
__attribute__((target_clones("avx2", "default"))) void add_products(std::uint32_t* sums,
                                                                    const std::int16_t* words,
                                                                    std::int32_t value, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) sums[i] += static_cast<std::uint32_t>(value * words[i]);
}

}  // namespace

SystolicArray::SystolicArray(LayerValues& layer, GlobalBuffer& buffer, const Accelerator& accelerator)
    : layer_(layer),
      buffer_(buffer),
      reads_initial_(accelerator.networks.psum_ports.reads_initial),
      streams_weights_(systolic_roles(layer.mapping, accelerator).value().columns == P),
      walker_(layer.nest) {}

void SystolicArray::run_tile() {
  bool more = true;
  do {
    const Tile& tile = walker_.tile();
    layer_.zero_macs += run_fold(tile, reads_psums(tile.base, reads_initial_));
    more = walker_.next();
  } while (more && !walker_.enters_buffer_tile());
}

SystolicArray::Operand SystolicArray::ifmap_at(const Tile& tile) const {
  const auto& store = buffer_.ifmap();
  const Coordinates& stride = store.layout().stride();
  return {store.at({tile.base[G], 0, tile.base[C], tile.base[P], 0}), stride[2], stride[3]};
}

SystolicArray::Operand SystolicArray::weights_at(const Tile& tile) const {
  const Coordinates first{tile.base[G], tile.base[M], tile.base[C], 0, 0};
  if (layer_.mapping.weights_in_global_buffer) {
    const Coordinates& stride = buffer_.weights().layout().stride();
    return {buffer_.weights().at(first), stride[2], stride[1]};
  }
  const BoxLayout whole(bounding_box(Tensor::weight, layer_.layer.bounds, layer_.layer));
  return {layer_.data.weights.data() + whole.offset(first), whole.stride()[2], whole.stride()[1]};
}

std::int64_t SystolicArray::run_fold(const Tile& tile, bool adds) {
  const std::int64_t taps = tile.extents[C];
  const Operand ifmap = ifmap_at(tile);
  const Operand weights = weights_at(tile);
  const Operand across = streams_weights_ ? ifmap : weights;
  const Operand down = streams_weights_ ? weights : ifmap;
  const std::int64_t columns = tile.extents[streams_weights_ ? P : M];
  const std::int64_t rows = tile.extents[streams_weights_ ? M : P];

  across_.resize(static_cast<std::size_t>(taps * columns));
  auto to = across_.begin();
  for (std::int64_t c = 0; c < taps; ++c)
    for (std::int64_t i = 0; i < columns; ++i) *to++ = across.first[c * across.tap + i * across.step];
  std::int64_t zeros = streams_weights_ ? std::count(across_.begin(), across_.end(), 0) : 0;

  const Coordinates& stride = buffer_.psums().layout().stride();
  std::uint32_t* psums = buffer_.psums().at({tile.base[G], 0, tile.base[M], tile.base[P], 0});
  const std::int64_t next_row = stride[streams_weights_ ? 2 : 3];
  const std::int64_t next_column = stride[streams_weights_ ? 3 : 2];
  down_.resize(static_cast<std::size_t>(taps));
  sums_.resize(static_cast<std::size_t>(columns));
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t c = 0; c < taps; ++c)
      down_[static_cast<std::size_t>(c)] = down.first[c * down.tap + row * down.step];
    if (!streams_weights_) zeros += std::count(down_.begin(), down_.end(), 0);
    std::fill(sums_.begin(), sums_.end(), 0U);
    for (std::int64_t c = 0; c < taps; ++c)
      add_products(sums_.data(), across_.data() + c * columns, down_[static_cast<std::size_t>(c)], columns);
    for (std::int64_t i = 0; i < columns; ++i) {
      std::uint32_t& psum = psums[row * next_row + i * next_column];
      psum = (adds ? psum : 0) + sums_[static_cast<std::size_t>(i)];
    }
  }
  return zeros * tile.extents[M];
}

}  // namespace weir::datapath
