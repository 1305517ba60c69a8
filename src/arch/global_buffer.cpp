#include "arch/global_buffer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "mapping/footprint.h"

namespace weir::arch {
namespace {

using stats::Action;
using stats::Component;

constexpr std::size_t kPsumChannelAxis = 2;

/// The layout of a whole tensor in DRAM.
BoxLayout whole_layout(Tensor tensor, const Layer& layer) {
  Coordinates box = bounding_box(tensor, layer.bounds, layer);
  if (tensor == Tensor::ifmap) box = {box[0], box[1], box[2], layer.padded_rows(), layer.padded_columns()};
  return BoxLayout(box);
}

stats::Data data_of(Tensor tensor) { return static_cast<stats::Data>(tensor); }

}  // namespace

GlobalBuffer::GlobalBuffer(const sc_core::sc_module_name& name, TileLoad loads)
    : sc_module(name), loads_(loads), answers_("answers", 1) {
  SC_THREAD(control);
}

void GlobalBuffer::control() {
  for (;;) run_layer(*layers_in->read());
}

void GlobalBuffer::run_layer(LayerContext& layer) {
  layer_ = &layer;
  if (layer.job.data) reserve();
  TileWalker tiles(layer.nest, Level::dram, Level::global_buffer);
  tiles.enter(layer.nest.whole());
  Cycle finished = 0;
  std::optional<Tile> last;
  do {
    const Tile& tile = tiles.tile();
    const Tile* before = last ? &*last : nullptr;
    const bool new_psums = before == nullptr || !same_place(before->base, tile.base, Tensor::psum);
    Cycle ready = 0;
    if (before != nullptr && new_psums) ready = transfer(drain_psums(*before), finished);
    std::int64_t words = load(Tensor::ifmap, before, tile);
    if (layer.job.mapping.weights_in_global_buffer) words += load(Tensor::weight, before, tile);
    if (new_psums) words += load_psums(tile);
    ready = std::max(ready, transfer(words, finished));
    tiles_out->write(ready);
    finished = tiles_in->read();
    last = tile;
  } while (tiles.next());
  drained_at_ = transfer(drain_psums(*last), finished);
}

void GlobalBuffer::reserve() {
  const Layer& layer = layer_->job.layer;
  const Extents& tile = layer_->nest.tile(Level::global_buffer);
  ifmap_.reserve(BoxLayout(bounding_box(Tensor::ifmap, tile, layer)));
  psums_.reserve(BoxLayout(bounding_box(Tensor::psum, tile, layer), kPsumChannelAxis));
  if (layer_->job.mapping.weights_in_global_buffer) {
    weights_.reserve(BoxLayout(bounding_box(Tensor::weight, tile, layer)));
  }
}

Cycle GlobalBuffer::transfer(std::int64_t words, Cycle earliest) {
  if (words == 0) return 0;
  dram->request({words, earliest, &answers_});
  return answers_.read();
}

std::int64_t GlobalBuffer::load(Tensor tensor, const Tile* last, const Tile& next) {
  const Layer& layer = layer_->job.layer;
  const Footprint needed = footprint(tensor, next, layer);
  const bool keeps =
      last != nullptr && (loads_ == TileLoad::new_words || same_place(last->base, next.base, tensor));
  const Footprint held = keeps ? footprint(tensor, *last, layer) : Footprint{};
  const std::int64_t words = needed.words() - common_words(needed, held);
  layer_->stats.counts.add(Component::dram, data_of(tensor), Action::read, words);
  layer_->stats.counts.add(Component::global_buffer, data_of(tensor), Action::write, words);
  if (!layer_->job.data || words == 0) return words;

  TileStore<std::int16_t>& store = tensor == Tensor::ifmap ? ifmap_ : weights_;
  const std::int16_t* source = (tensor == Tensor::ifmap ? layer_->data.ifmap : layer_->data.weights).data();
  const BoxLayout whole = whole_layout(tensor, layer);
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
            *loaded.at(word) = line_kept && kept[4][m] ? *store.at(word) : source[whole.offset(word)];
          }
        }
  store = std::move(loaded);
  return words;
}

std::int64_t GlobalBuffer::load_psums(const Tile& tile) {
  const Layer& layer = layer_->job.layer;
  const auto coordinates = origin(Tensor::psum, tile.base, layer);
  if (layer_->job.data) {
    psums_.move_to(coordinates);
    psums_.clear();
  }
  const bool first_time = std::all_of(kAllDimensions.begin(), kAllDimensions.end(),
                                      [&](Dimension d) { return !is_reduction(d) || tile.base[d] == 0; });
  if (first_time) return 0;
  const Footprint words = footprint(Tensor::psum, tile, layer);
  layer_->stats.counts.add(Component::dram, stats::Data::psum, Action::read, words.words());
  layer_->stats.counts.add(Component::global_buffer, stats::Data::psum, Action::write, words.words());
  if (layer_->job.data) {
    const BoxLayout whole = whole_layout(Tensor::psum, layer);
    for_each_word(words, [&](const Coordinates& word) {
      *psums_.at(word) = layer_->outputs[static_cast<std::size_t>(whole.offset(word))];
    });
  }
  return words.words();
}

std::int64_t GlobalBuffer::drain_psums(const Tile& tile) {
  const Layer& layer = layer_->job.layer;
  const Footprint words = footprint(Tensor::psum, tile, layer);
  layer_->stats.counts.add(Component::global_buffer, stats::Data::psum, Action::read, words.words());
  layer_->stats.counts.add(Component::dram, stats::Data::psum, Action::write, words.words());
  if (layer_->job.data) {
    const BoxLayout whole = whole_layout(Tensor::psum, layer);
    for_each_word(words, [&](const Coordinates& word) {
      layer_->outputs[static_cast<std::size_t>(whole.offset(word))] = *psums_.at(word);
    });
  }
  return words.words();
}

}  // namespace weir::arch
