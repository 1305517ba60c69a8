#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "reference/ticked_model.h"

namespace weir::reference {

// The layer's outputs [g][n][m][p][q] modulo 2^32, by eight plain loops.
std::vector<std::int32_t> naive_convolution(const LayerShape& shape, const LayerData& data);

// Words from the whole 16-bit range, about one in four of the ifmap zero; the ifmap is as large as the layer
// needs.
LayerData random_data(const LayerShape& shape, std::mt19937& random);

}  // namespace weir::reference
