#pragma once

#include <cstdint>
#include <vector>

#include "workload/data.h"
#include "workload/layer.h"

namespace weir {

/// The matrix product that a layer comes to (im2col): P is the output positions N*P*Q, C the taps C*R*S, M
/// the output channels; groups stay G, and all other bounds are 1. It has the layer's name, MACs and outputs.
/// Its ifmap has a word for each position and tap, so that it is up to R*S times as large as the layer's.
Layer lowered(const Layer& layer);

/// The data of lowered(layer): its ifmap [G][C*R*S][N*P*Q]; weights lie as they did.
LayerData lowered(const Layer& layer, const LayerData& data);

/// Outputs [G][M][N*P*Q] of the lowered layer, in the layer's own order [G][N][M][P][Q].
std::vector<std::uint32_t> raised_outputs(const Layer& layer, const std::vector<std::uint32_t>& outputs);

}  // namespace weir
