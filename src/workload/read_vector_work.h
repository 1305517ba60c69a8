#pragma once

#include <cstdint>

#include "config/node.h"
#include "workload/layer.h"

namespace weir {

/// Reads the keys of a memory-bound layer (docs/file-formats.md): what its words cost, and, where it says its
/// function, what becomes of them. Throws config::InputError.
VectorWork read_vector_work(config::Map& map, LayerKind kind, std::int64_t images);

}  // namespace weir
