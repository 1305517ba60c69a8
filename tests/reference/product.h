#pragma once

#include <cstdint>
#include <vector>

#include "reference/nest.h"

namespace weir::reference {

// Matrix products out[g][p][m] = sum of in[g][p][c] * w[g][c][m].
struct Product {
  std::int64_t positions = 1, taps = 1, filters = 1;
  std::vector<std::int16_t> ifmap;    // [g][p][c]
  std::vector<std::int16_t> weights;  // [g][c][m]
  std::int64_t groups = 1;
};

// A block of one of them.
struct ProductFold {
  std::int64_t p, c, m;                   // first indices
  std::int64_t positions, taps, filters;  // how many of each
  std::int64_t g = 0;
};

// The product that a layer comes to (section 12): positions (n, p, q), taps (c, r, s), filters m.
LayerShape product_shape(const LayerShape& layer);
Product lower(const LayerShape& layer, const LayerData& data);
// Its outputs [g][p][m] in the layer's order [g][n][m][p][q].
std::vector<std::int32_t> raise(const LayerShape& layer, const std::vector<std::int32_t>& outputs);

// The block of each step (section 1) of a nest over product_shape().
std::vector<ProductFold> make_folds(const std::vector<Step>& steps);

}  // namespace weir::reference
