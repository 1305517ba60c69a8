#include "workload/dimension.h"

namespace weir {

std::optional<Dimension> parse_dimension(std::string_view letter) {
  for (const Dimension d : kAllDimensions) {
    if (letter.size() == 1 && letter[0] == dimension_letter(d)) return d;
  }
  return std::nullopt;
}

std::string_view tensor_name(Tensor tensor) {
  static constexpr std::array<std::string_view, kTensors> kNames = {"ifmap", "weight", "psum"};
  return kNames[static_cast<std::size_t>(tensor)];
}

}  // namespace weir
