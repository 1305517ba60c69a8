#pragma once

#include <string>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "workload/layer.h"

namespace weir::report {

/// A legal mapping as a loop nest that a person reads, with the tiles kept at each level: words used of words
/// there.
std::string mapping_view(const Mapping& mapping, const Layer& layer, const Accelerator& accelerator);

/// A mapping on one line: `dram M=6 C=22 | global_buffer ...`.
std::string mapping_line(const Mapping& mapping);

}  // namespace weir::report
