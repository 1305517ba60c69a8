#pragma once

#include <cstdint>

namespace weir::ports {

/// The place of a word in its tensor: ifmap [G][N][C][padded rows][padded columns], weights [G][M][C][R][S],
/// psums [G][N][M][P][Q]. Rising addresses are the order of their coordinates.
using Address = std::int64_t;

/// A word on its way. Operands are 16 bits wide, sign-extended here; psums are 32 bits wide and wrap.
struct Word {
  Address address = 0;
  std::uint32_t value = 0;
};

}  // namespace weir::ports
