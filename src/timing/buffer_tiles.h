#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "accelerator/accelerator.h"
#include "account/traffic.h"
#include "mapping/footprint.h"
#include "mapping/nest.h"
#include "workload/layer.h"

namespace weir::timing {

/// Walks the loops at dram: the tiles that the global buffer holds one after the other, and the words that
/// move between DRAM and the buffer before each of them (docs/timing-model.md section 7).
class BufferTiles {
 public:
  /// `keeps_weights`: whether the buffer holds weights, too. The arguments must outlive this.
  BufferTiles(const LoopNest& nest, const Layer& layer, bool keeps_weights, const GlobalBufferSpec& spec);

  /// The present tile, and the one before if there is one.
  const Tile& tile() const { return walker_.tile(); }
  const Tile* before() const { return number_ == 0 ? nullptr : &before_; }

  /// Psum words of the tile before that leave.
  std::int64_t drained() const { return drained_; }
  /// Words that the present tile needs and the one before did not have.
  std::int64_t loaded(Tensor tensor) const { return loaded_[static_cast<std::size_t>(tensor)]; }
  /// Of all of them, those that DRAM sends: the others are zeros that are made on chip.
  std::int64_t fetched() const { return loaded_[0] + loaded_[1] + loaded_[2] - made_; }

  /// Goes to the next tile; false when there is none: then drained() are the last tile's psums, and nothing
  /// is loaded.
  bool next();

  /// Adds what moves before the present tile, or after the last one.
  void count(account::Traffic& traffic) const;

 private:
  using Move = std::array<std::int64_t, 3 * kDimensions + 1 + 4>;
  struct NewWords {
    std::int64_t all = 0;
    std::int64_t made = 0;  ///< of the ifmap, zeros that do not come from DRAM
  };

  void arrive();
  NewWords new_words(Tensor tensor);
  NewWords work_out(Tensor tensor) const;

  const Layer& layer_;
  bool keeps_weights_;
  const GlobalBufferSpec& spec_;
  bool makes_zeros_;
  TileWalker walker_;
  std::int64_t number_ = 0;
  Tile before_;
  std::int64_t drained_ = 0;
  std::array<std::int64_t, kTensors> loaded_{};
  std::int64_t made_ = 0;
  /// By tensor, extents before and after, and offset; and by the ifmap's place, where zeros are made.
  std::map<Move, NewWords> known_;
};

}  // namespace weir::timing
