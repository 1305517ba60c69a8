#pragma once

#include <cstdint>
#include <vector>

#include "mapping/box_layout.h"

namespace weir::datapath {

/// The values that a PE holds of one tensor. A word's place is its coordinates modulo the PE's tile, so that
/// what stays when the tile slides is not moved. Room in words is accounted for where words arrive
/// (timing::MulticastLink).
template <typename Word>
class RegisterFile {
 public:
  void shape(const BoxLayout& layout) {
    layout_ = layout;
    words_.assign(static_cast<std::size_t>(layout.size()), Word{});
  }
  void clear() { words_.assign(words_.size(), Word{}); }
  const BoxLayout& layout() const { return layout_; }
  Word* data() { return words_.data(); }
  const Word* data() const { return words_.data(); }

 private:
  BoxLayout layout_;
  std::vector<Word> words_;
};

}  // namespace weir::datapath
