#pragma once

#include <cstdint>
#include <string>

#include "workload/dimension.h"

namespace weir {

enum class LayerKind : std::uint8_t { conv, fc, matmul };
std::string_view layer_kind_name(LayerKind kind);

/// A value for each of the two directions of a plane.
struct Plane {
  std::int64_t vertical = 1;
  std::int64_t horizontal = 1;
  friend bool operator==(const Plane&, const Plane&) = default;
};

struct Padding {
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;
  friend bool operator==(const Padding&, const Padding&) = default;
};

/// One layer as a nest of eight loops:
///   psum[g][n][m][p][q] += ifmap[g][n][c][p*stride.vertical + r*dilation.vertical]
///                                        [q*stride.horizontal + s*dilation.horizontal] *
///                                        weight[g][m][c][r][s]
/// with the ifmap padded by zeros. FC layers and matrix products have bounds of 1 where they have no loop.
struct Layer {
  std::string name;
  LayerKind kind = LayerKind::conv;
  Extents bounds;  ///< loop bounds; N is the batch, M and C are per group
  Plane stride;
  Plane dilation;
  Padding padding;
  Plane input;             ///< rows and columns of the ifmap without padding
  double ifmap_zeros = 0;  ///< fraction of zero words in the ifmap, 0 to 1, without padding

  /// Multiply-accumulates of the layer (padding included).
  std::int64_t macs() const;
  /// Rows and columns of the padded ifmap, words that no output needs included.
  std::int64_t padded_rows() const { return input.vertical + padding.top + padding.bottom; }
  std::int64_t padded_columns() const { return input.horizontal + padding.left + padding.right; }
};

}  // namespace weir
