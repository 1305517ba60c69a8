#pragma once

#include <cstdint>
#include <vector>

#include "workload/vector_work.h"

namespace weir {

/// Outputs [images][extents] of a memory-bound layer by its definition, output by output; `operands` as
/// LayerData has them. Sums, differences and products are modulo 2^32.
std::vector<std::uint32_t> reference_vector(const VectorValues& values,
                                            const std::vector<std::int16_t>& operands);

}  // namespace weir
