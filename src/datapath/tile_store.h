#pragma once

#include <cstdint>
#include <vector>

#include "mapping/box_layout.h"

namespace weir::datapath {

/// Values of a box of a tensor, addressed by the tensor's coordinates.
template <typename Word>
class TileStore {
 public:
  void reserve(const BoxLayout& layout) {
    layout_ = layout;
    words_.assign(static_cast<std::size_t>(layout.size()), Word{});
  }
  /// The box begins at these coordinates from now on.
  void move_to(const Coordinates& origin) { first_ = layout_.offset(origin); }
  void clear() { words_.assign(words_.size(), Word{}); }

  Word* at(const Coordinates& word) { return words_.data() + (layout_.offset(word) - first_); }
  const Word* at(const Coordinates& word) const { return words_.data() + (layout_.offset(word) - first_); }
  const BoxLayout& layout() const { return layout_; }

 private:
  BoxLayout layout_;
  std::int64_t first_ = 0;
  std::vector<Word> words_;
};

}  // namespace weir::datapath
