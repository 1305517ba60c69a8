#include "workload/lowering.h"

#include <algorithm>

namespace weir {

using enum Dimension;

Layer lowered(const Layer& layer) {
  const Extents& b = layer.bounds;
  Layer product;
  product.name = layer.name;
  product.kind = layer.kind;
  product.bounds.values.fill(1);
  product.bounds[G] = b[G];
  product.bounds[M] = b[M];
  product.bounds[C] = b[C] * b[R] * b[S];
  product.bounds[P] = b[N] * b[P] * b[Q];
  product.input = {product.bounds[P], 1};
  product.ifmap_zeros = layer.ifmap_zeros;
  product.steps = layer.steps;
  return product;
}

LayerData lowered(const Layer& layer, const LayerData& data) {
  const Extents& b = layer.bounds;
  const std::int64_t rows = layer.padded_rows();
  const std::int64_t columns = layer.padded_columns();
  LayerData product;
  product.weights = data.weights;
  product.ifmap.reserve(static_cast<std::size_t>(b[G] * b[C] * b[R] * b[S] * b[N] * b[P] * b[Q]));
  for (std::int64_t g = 0; g < b[G]; ++g)
    for (std::int64_t c = 0; c < b[C]; ++c)
      for (std::int64_t r = 0; r < b[R]; ++r)
        for (std::int64_t s = 0; s < b[S]; ++s)
          for (std::int64_t n = 0; n < b[N]; ++n)
            for (std::int64_t p = 0; p < b[P]; ++p) {
              const std::int64_t plane = (g * b[N] + n) * b[C] + c;
              const std::int64_t h = p * layer.stride.vertical + r * layer.dilation.vertical;
              const std::int16_t* word =
                  data.ifmap.data() + (plane * rows + h) * columns + s * layer.dilation.horizontal;
              for (std::int64_t q = 0; q < b[Q]; ++q, word += layer.stride.horizontal)
                product.ifmap.push_back(*word);
            }
  return product;
}

std::vector<std::uint32_t> raised_outputs(const Layer& layer, const std::vector<std::uint32_t>& outputs) {
  const Extents& b = layer.bounds;
  const std::int64_t plane = b[P] * b[Q];
  std::vector<std::uint32_t> raised(outputs.size());
  auto to = raised.begin();
  for (std::int64_t g = 0; g < b[G]; ++g)
    for (std::int64_t n = 0; n < b[N]; ++n)
      for (std::int64_t m = 0; m < b[M]; ++m)
        to = std::copy_n(outputs.begin() + ((g * b[M] + m) * b[N] + n) * plane, plane, to);
  return raised;
}

}  // namespace weir
