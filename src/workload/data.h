#pragma once

#include <cstdint>
#include <vector>

#include "workload/layer.h"

namespace weir {

/// The words of one layer: generated 16-bit data, and outputs. Psums are 32 bits wide and wrap; so do the
/// reference's.
struct LayerData {
  std::vector<std::int16_t> ifmap;    ///< [G][N][C][padded rows][padded columns], zeros of padding and
                                      ///< between spaced words included; of a memory-bound layer operand
                                      ///< by operand [images][extents], as stored
  std::vector<std::int16_t> weights;  ///< [G][M][C][R][S]
};

/// Data of a layer, the same for the same seed; each ifmap word outside of the padding is zero with
/// probability layer.ifmap_zeros and otherwise never zero. Weights are made only when asked for.
LayerData generate_data(const Layer& layer, std::uint64_t seed, bool with_weights);

/// The layer's MACs whose ifmap word is zero, padding included.
std::int64_t count_zero_macs(const Layer& layer, const std::vector<std::int16_t>& ifmap);
/// The same of the ifmap that generate_data() makes of this seed, without making it.
std::int64_t count_zero_macs(const Layer& layer, std::uint64_t seed);

/// Outputs by the definition of the layer: of a memory-bound one with values [images][extents], otherwise of
/// a convolution. The oracle for the simulated machine.
std::vector<std::uint32_t> reference_outputs(const Layer& layer, const LayerData& data);

/// Outputs [G][N][M][P][Q] by the definition of a convolution, modulo 2^32.
std::vector<std::uint32_t> reference_convolution(const Layer& layer, const LayerData& data);

}  // namespace weir
