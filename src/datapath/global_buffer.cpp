#include "datapath/global_buffer.h"

#include <algorithm>
#include <array>
#include <vector>

#include "mapping/footprint.h"
#include "mapping/own_words.h"

namespace weir::datapath {
namespace {

/// The layout of a whole tensor in DRAM.
BoxLayout whole_layout(Tensor tensor, const Layer& layer) {
  Coordinates box = bounding_box(tensor, layer.bounds, layer);
  if (tensor == Tensor::ifmap) box = {box[0], box[1], box[2], layer.padded_rows(), layer.padded_columns()};
  return BoxLayout(box);
}

}  // namespace

GlobalBuffer::GlobalBuffer(LayerValues& layer, const GlobalBufferSpec& spec) : layer_(layer), spec_(spec) {
  const Extents& tile = layer.nest.tile(Level::global_buffer);
  ifmap_.reserve(BoxLayout(bounding_box(Tensor::ifmap, tile, layer.layer)));
  // Side by side lies what PEs compute side by side.
  psums_.reserve(BoxLayout(bounding_box(Tensor::psum, tile, layer.layer),
                           layer.run ? layer.run->axis : kPsumChannelAxis));
  if (layer.mapping.weights_in_global_buffer)
    weights_.reserve(BoxLayout(bounding_box(Tensor::weight, tile, layer.layer)));
}

void GlobalBuffer::go_to(const timing::BufferTiles& tiles) {
  if (tiles.drained() > 0) drain_psums(*tiles.before());
  for (const Tensor tensor : {Tensor::ifmap, Tensor::weight}) {
    // What goes past the buffer is counted where it arrives; its values stand here all the same.
    const bool passes = tensor == Tensor::ifmap && spec_.ifmap_bypasses;
    if (passes || tiles.loaded(tensor) > 0) load(tensor, tiles.before(), tiles.tile());
  }
  if (tiles.before() == nullptr || tiles.drained() > 0)
    load_psums(tiles.tile(), tiles.loaded(Tensor::psum) > 0);
}

void GlobalBuffer::load(Tensor tensor, const Tile* last, const Tile& next) {
  const Layer& layer = layer_.layer;
  const Footprint needed = footprint(tensor, next, layer);
  const Footprint held = last != nullptr ? footprint(tensor, *last, layer) : Footprint{};
  TileStore<std::int16_t>& store = tensor == Tensor::ifmap ? ifmap_ : weights_;
  const std::int16_t* source = (tensor == Tensor::ifmap ? layer_.data.ifmap : layer_.data.weights).data();
  const BoxLayout whole = whole_layout(tensor, layer);
  const bool makes = tensor == Tensor::ifmap && makes_zeros(layer, spec_);
  const OwnWords rows = own_rows(layer), columns = own_columns(layer);
  const auto is_made = [&](const Coordinates& word) {
    return makes && !(rows.has(word[3]) && columns.has(word[4]));
  };
  TileStore<std::int16_t> loaded = store;
  loaded.move_to(origin(tensor, next.base, layer));
  std::array<std::vector<bool>, kAxes> kept;
  for (std::size_t i = 0; i < kAxes; ++i) {
    for (const auto at : needed.axes[i]) {
      kept[i].push_back(std::binary_search(held.axes[i].begin(), held.axes[i].end(), at));
    }
  }
  const auto& axes = needed.axes;
  for (std::size_t i = 0; i < axes[0].size(); ++i)
    for (std::size_t j = 0; j < axes[1].size(); ++j)
      for (std::size_t k = 0; k < axes[2].size(); ++k)
        for (std::size_t l = 0; l < axes[3].size(); ++l) {
          const bool line_kept = kept[0][i] && kept[1][j] && kept[2][k] && kept[3][l];
          for (std::size_t m = 0; m < axes[4].size(); ++m) {
            const Coordinates word{axes[0][i], axes[1][j], axes[2][k], axes[3][l], axes[4][m]};
            *loaded.at(word) = line_kept && kept[4][m] ? *store.at(word)
                               : is_made(word)         ? std::int16_t{0}
                                                       : source[whole.offset(word)];
          }
        }
  store = std::move(loaded);
}

void GlobalBuffer::load_psums(const Tile& tile, bool from_dram) {
  const Layer& layer = layer_.layer;
  psums_.move_to(origin(Tensor::psum, tile.base, layer));
  psums_.clear();
  if (!from_dram) return;
  const BoxLayout whole = whole_layout(Tensor::psum, layer);
  for_each_word(footprint(Tensor::psum, tile, layer), [&](const Coordinates& word) {
    *psums_.at(word) = layer_.outputs[static_cast<std::size_t>(whole.offset(word))];
  });
}

void GlobalBuffer::drain_psums(const Tile& tile) {
  const Layer& layer = layer_.layer;
  const BoxLayout whole = whole_layout(Tensor::psum, layer);
  for_each_word(footprint(Tensor::psum, tile, layer), [&](const Coordinates& word) {
    layer_.outputs[static_cast<std::size_t>(whole.offset(word))] = *psums_.at(word);
  });
}

}  // namespace weir::datapath
