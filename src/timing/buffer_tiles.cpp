#include "timing/buffer_tiles.h"

#include <algorithm>

#include "mapping/own_words.h"

namespace weir::timing {

using enum Dimension;
using account::Flow;

BufferTiles::BufferTiles(const LoopNest& nest, const Layer& layer, bool keeps_weights,
                         const GlobalBufferSpec& spec)
    : layer_(layer),
      keeps_weights_(keeps_weights),
      spec_(spec),
      makes_zeros_(makes_zeros(layer, spec)),
      walker_(nest, Level::dram, Level::global_buffer) {
  walker_.enter(nest.whole());
  arrive();
}

bool BufferTiles::next() {
  before_ = walker_.tile();
  ++number_;
  const bool more = walker_.next();
  if (more) {
    arrive();
  } else {
    loaded_ = {};
    made_ = 0;
    drained_ = footprint_words(Tensor::psum, before_.extents, layer_);
  }
  return more;
}

void BufferTiles::arrive() {
  const Tile& now = walker_.tile();
  const bool new_psums = number_ == 0 || !same_place(before_.base, now.base, Tensor::psum);
  const bool first_time = now.base[C] == 0 && now.base[R] == 0 && now.base[S] == 0;
  drained_ = number_ > 0 && new_psums ? footprint_words(Tensor::psum, before_.extents, layer_) : 0;
  const auto load = [&](Tensor tensor) -> std::int64_t& { return loaded_[static_cast<std::size_t>(tensor)]; };
  const NewWords ifmap = spec_.ifmap_bypasses ? NewWords{} : new_words(Tensor::ifmap);
  load(Tensor::ifmap) = ifmap.all;
  made_ = ifmap.made;
  load(Tensor::weight) = keeps_weights_ ? new_words(Tensor::weight).all : 0;
  load(Tensor::psum) = new_psums && !first_time ? footprint_words(Tensor::psum, now.extents, layer_) : 0;
}

BufferTiles::NewWords BufferTiles::new_words(Tensor tensor) {
  const Tile& now = walker_.tile();
  if (number_ == 0) return work_out(tensor);
  Move move{static_cast<std::int64_t>(tensor)};
  auto at = move.begin() + 1;
  for (const Dimension d : kAllDimensions) {
    *at++ = before_.extents[d];
    *at++ = now.extents[d];
    *at++ = touches(d, tensor) ? now.base[d] - before_.base[d] : 0;
  }
  if (makes_zeros_ && tensor == Tensor::ifmap) {
    for (const Dimension d : {P, R, Q, S}) *at++ = now.base[d];
  }
  const auto [found, is_new] = known_.try_emplace(move);
  if (is_new) found->second = work_out(tensor);
  return found->second;
}

BufferTiles::NewWords BufferTiles::work_out(Tensor tensor) const {
  const Tile& now = walker_.tile();
  const bool keeps =
      number_ > 0 && (spec_.loads == TileLoad::new_words ||
                      (spec_.loads == TileLoad::whole &&
                       (tensor == Tensor::weight || same_place(before_.base, now.base, tensor))));
  Footprint needed = footprint(tensor, now, layer_);
  const Footprint held = keeps ? footprint(tensor, before_, layer_) : Footprint{};
  const auto lacked = [&] { return needed.words() - common_words(needed, held); };
  NewWords words{lacked()};
  if (makes_zeros_ && tensor == Tensor::ifmap) {
    leave_own_words(layer_, needed);
    words.made = words.all - lacked();
  }
  return words;
}

void BufferTiles::count(account::Traffic& traffic) const {
  for (const Tensor tensor : kAllTensors) {
    const std::int64_t made = tensor == Tensor::ifmap ? made_ : 0;
    traffic(tensor, Flow::fetched) += loaded(tensor) - made;
    traffic(tensor, Flow::made) += made;
  }
  traffic(Tensor::psum, Flow::drained) += drained_;
}

}  // namespace weir::timing
