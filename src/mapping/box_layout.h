#pragma once

#include <cstdint>

#include "mapping/footprint.h"

namespace weir {

/// How a box of a tensor lies in memory: axis `inner` varies fastest, then the others from the last to the
/// first.
class BoxLayout {
 public:
  BoxLayout() = default;
  explicit BoxLayout(const Coordinates& box, std::size_t inner = kAxes - 1) : box_(box) {
    stride_[inner] = 1;
    size_ = box[inner];
    for (std::size_t i = kAxes; i-- > 0;) {
      if (i == inner) continue;
      stride_[i] = size_;
      size_ *= box[i];
    }
  }

  const Coordinates& box() const { return box_; }
  const Coordinates& stride() const { return stride_; }
  std::int64_t size() const { return size_; }
  /// The distance in memory that coordinates, or a difference of coordinates, make.
  std::int64_t offset(const Coordinates& by) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < kAxes; ++i) sum += by[i] * stride_[i];
    return sum;
  }

 private:
  Coordinates box_{};
  Coordinates stride_{};
  std::int64_t size_ = 0;
};

}  // namespace weir
