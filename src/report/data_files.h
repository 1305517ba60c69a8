#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "workload/data.h"
#include "workload/layer.h"

namespace weir::report {

/// NumPy files (name, content) of a layer's words: `<layer>.ifmap.npy`, int16 [N][G*C][rows][columns] without
/// padding and inserted zeros, `<layer>.weight.npy`, int16 [G*M][C][R][S], and `<layer>.ofmap.npy`, uint32
/// [N][G*M][P][Q]: `outputs`, [G][N][M][P][Q], as the machine wrote them back. Of a memory-bound layer
/// `<layer>.ifmap.npy`, `<layer>.ifmap1.npy` and so on, int16 [images][extents], and `<layer>.ofmap.npy`.
std::vector<std::pair<std::string, std::string>> data_files(const Layer& layer, const LayerData& data,
                                                            const std::vector<std::uint32_t>& outputs);

/// Their names, in the same order.
std::vector<std::string> data_file_names(const Layer& layer);

}  // namespace weir::report
