#include "base/dimension.h"

namespace weir {

std::optional<Dimension> parse_dimension(std::string_view letter) {
  for (const Dimension d : kAllDimensions) {
    if (letter.size() == 1 && letter[0] == dimension_letter(d)) return d;
  }
  return std::nullopt;
}

}  // namespace weir
