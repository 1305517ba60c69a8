#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "workload/plane.h"

namespace weir {

/// Extents of a tensor, the last one varying fastest.
using TensorShape = std::vector<std::int64_t>;
/// The product of the extents; 1 of no extents.
std::int64_t words_of(const TensorShape& shape);

/// What a memory-bound layer computes, where that is exact on integers. `none`: no values are computed.
enum class VectorFunction : std::uint8_t {
  none,
  max,  ///< of a window, or of operands; so is min
  min,
  sum,      ///< of a window
  average,  ///< of a window, rounded to the nearest whole number, half away from zero
  add,
  subtract,
  multiply,
  relu,
  concat,
  reshape,    ///< the same words in the same order
  transpose,  ///< axes in another order
  slice,      ///< every so manieth word from some place on
  repeat,     ///< each word several times, next to itself
};
std::string_view vector_function_name(VectorFunction function);

/// The values of a memory-bound layer. Operands are 16-bit words, outputs 32-bit ones that wrap, as psums do.
/// Without a function all is empty.
struct VectorValues {
  VectorFunction function = VectorFunction::none;
  bool is_pool = false;     ///< the function is that of windows over the last two axes
  bool then_relu = false;   ///< outputs below zero become zero
  std::int64_t images = 1;  ///< shapes are of one image; operands and output have this many, one by one
  std::vector<TensorShape> inputs;
  TensorShape output;
  Plane filter;  ///< this and the next four: of pooling
  Plane stride;
  Plane dilation;
  Padding padding;
  bool counts_padding = false;      ///< an average divides by a window's words of padding, too
  std::size_t axis = 0;             ///< of concat
  std::vector<std::int64_t> order;  ///< of transpose: the input's axis that each axis of the output is
  TensorShape begin, step;  ///< of slice: by axis, the first word's place and the distance of the next
  friend bool operator==(const VectorValues&, const VectorValues&) = default;
};

/// What a memory-bound layer does with the words of the whole batch.
struct VectorWork {
  std::int64_t words_in = 0;
  std::int64_t words_out = 0;
  std::int64_t operations = 0;  ///< of the vector unit
  VectorValues values = {};
  friend bool operator==(const VectorWork&, const VectorWork&) = default;
};

}  // namespace weir
