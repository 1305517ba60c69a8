#include "workload/layer.h"

#include <functional>
#include <numeric>

namespace weir {

std::string_view layer_kind_name(LayerKind kind) {
  static constexpr std::array<std::string_view, 3> kNames = {"conv", "fc", "matmul"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::int64_t Layer::macs() const {
  return std::accumulate(bounds.values.begin(), bounds.values.end(), std::int64_t{1}, std::multiplies<>());
}

}  // namespace weir
