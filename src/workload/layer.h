#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/dimension.h"
#include "workload/plane.h"
#include "workload/vector_work.h"

namespace weir {

/// conv to matmul are multiplied on the PE array; the others are memory-bound: they pass the vector unit.
enum class LayerKind : std::uint8_t {
  conv,
  conv_transpose,
  fc,
  matmul,
  pool,
  elementwise,
  activation,
  concat,
  softmax,
  norm,
  copy,
};
std::string_view layer_kind_name(LayerKind kind);

/// One layer as a nest of eight loops:
///   psum[g][n][m][p][q] += ifmap[g][n][c][p*stride.vertical + r*dilation.vertical]
///                                        [q*stride.horizontal + s*dilation.horizontal] *
///                                        weight[g][m][c][r][s]
/// with the ifmap padded by zeros. FC layers and matrix products have bounds of 1 where they have no loop. A
/// transposed convolution is the convolution of stride 1 that it equals: `spacing` - 1 zeros stand between
/// neighbouring words of the ifmap. Memory-bound layers have bounds of 1 and no MACs, but `vector_work`.
struct Layer {
  std::string name;
  LayerKind kind = LayerKind::conv;
  Extents bounds;  ///< loop bounds; N is the batch, M and C are per group
  Plane stride;
  Plane dilation;
  Padding padding;
  Plane spacing;           ///< distance of the ifmap's own words; what is between them is zero
  Plane input;             ///< rows and columns of the ifmap without padding, zeros between words included
  double ifmap_zeros = 0;  ///< fraction of zero words in the ifmap, 0 to 1, without padding
  std::int64_t steps = 1;  ///< of N: these many parts run one after the other, each needs the one before

  VectorWork vector_work;  ///< of memory-bound layers

  bool is_memory_bound() const { return kind >= LayerKind::pool; }
  /// Whether its outputs can be computed: of all but some memory-bound layers.
  bool has_values() const {
    return !is_memory_bound() || vector_work.values.function != VectorFunction::none;
  }
  /// Multiply-accumulates of the layer (padding included).
  std::int64_t macs() const;
  /// Words of a finished ofmap; of a layer on the array.
  std::int64_t outputs() const;
  /// Rows and columns of the padded ifmap, words that no output needs included.
  std::int64_t padded_rows() const { return input.vertical + padding.top + padding.bottom; }
  std::int64_t padded_columns() const { return input.horizontal + padding.left + padding.right; }
  friend bool operator==(const Layer&, const Layer&) = default;
};

}  // namespace weir
