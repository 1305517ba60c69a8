#include "reference/product.h"

#include <algorithm>

namespace weir::reference {

LayerShape product_shape(const LayerShape& layer) {
  return {.G = layer.G,
          .M = layer.M,
          .C = layer.C * layer.R * layer.S,
          .P = layer.N * layer.P * layer.Q,
          .steps = layer.steps};
}

Product lower(const LayerShape& layer, const LayerData& data) {
  const LayerShape shape = product_shape(layer);
  Product product{shape.P, shape.C, shape.M, {}, {}, shape.G};
  for (std::int64_t g = 0; g < layer.G; ++g) {
    for (std::int64_t position = 0; position < shape.P; ++position) {
      const std::int64_t n = position / (layer.P * layer.Q);
      const std::int64_t p = position / layer.Q % layer.P, q = position % layer.Q;
      for (std::int64_t tap = 0; tap < shape.C; ++tap) {
        const std::int64_t c = tap / (layer.R * layer.S);
        const std::int64_t r = tap / layer.S % layer.R, s = tap % layer.S;
        const Word word = ifmap_word(layer, {g, n, 0, c, p, q, r, s});
        product.ifmap.push_back(data.ifmap[static_cast<std::size_t>(
            (((g * layer.N + n) * layer.C + c) * data.ifmap_rows + word[3]) * data.ifmap_columns + word[4])]);
      }
    }
    for (std::int64_t tap = 0; tap < shape.C; ++tap) {
      for (std::int64_t m = 0; m < shape.M; ++m)
        product.weights.push_back(data.weights[static_cast<std::size_t>((g * shape.M + m) * shape.C + tap)]);
    }
  }
  return product;
}

std::vector<std::int32_t> raise(const LayerShape& layer, const std::vector<std::int32_t>& outputs) {
  const std::int64_t image = layer.P * layer.Q, positions = layer.N * image;
  std::vector<std::int32_t> raised;
  for (std::int64_t g = 0; g < layer.G; ++g)
    for (std::int64_t n = 0; n < layer.N; ++n)
      for (std::int64_t m = 0; m < layer.M; ++m)
        for (std::int64_t place = 0; place < image; ++place)
          raised.push_back(
              outputs[static_cast<std::size_t>((g * positions + n * image + place) * layer.M + m)]);
  return raised;
}

std::vector<ProductFold> make_folds(const std::vector<Step>& steps) {
  std::vector<ProductFold> folds;
  for (const Step& step : steps) {
    const Mac* first = nullptr;
    const Mac* last = nullptr;
    for (const PeTile& tile : step.pe_tiles) {
      if (!tile.active()) continue;
      if (first == nullptr) first = &tile.macs.front();
      last = &tile.macs.back();
    }
    folds.push_back({first->p, first->c, first->m, last->p - first->p + 1, last->c - first->c + 1,
                     last->m - first->m + 1, first->g});
  }
  return folds;
}

}  // namespace weir::reference
