#include "workload/layer.h"

#include <array>
#include <functional>
#include <numeric>

namespace weir {

std::string_view layer_kind_name(LayerKind kind) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "conv",       "conv_transpose", "fc",      "matmul", "pool", "elementwise",
      "activation", "concat",         "softmax", "norm",   "copy"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::int64_t Layer::macs() const {
  if (is_memory_bound()) return 0;
  return std::accumulate(bounds.values.begin(), bounds.values.end(), std::int64_t{1}, std::multiplies<>());
}

std::int64_t Layer::outputs() const {
  using enum Dimension;
  return bounds[G] * bounds[N] * bounds[M] * bounds[P] * bounds[Q];
}

}  // namespace weir
