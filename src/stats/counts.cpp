#include "stats/counts.h"

#include <algorithm>
#include <functional>

namespace weir::stats {

std::int64_t Counts::accesses(Component c) const {
  std::int64_t sum = 0;
  for (const Tensor d : {Tensor::ifmap, Tensor::weight, Tensor::psum}) {
    sum += get(c, d, Action::read) + get(c, d, Action::write);
  }
  return sum;
}

Counts& Counts::operator+=(const Counts& other) {
  std::transform(values_.begin(), values_.end(), other.values_.begin(), values_.begin(), std::plus<>());
  return *this;
}

}  // namespace weir::stats
