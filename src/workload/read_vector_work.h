#pragma once

#include <cstdint>

#include "config/key.h"
#include "workload/layer.h"

namespace weir {

/// Reads the keys of a memory-bound layer (docs/file-formats.md): what its words cost, and, where it says its
/// function, what becomes of them. Throws config::InputError.
VectorWork read_vector_work(config::TableMap& map, LayerKind kind, std::int64_t images);

/// Throws InputError where a memory-bound layer names an operation that its kind has not.
void check_operation(const config::Node& layer, LayerKind kind);

}  // namespace weir
