#pragma once

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "workload/layer.h"

namespace weir {

/// Throws config::InputError at the mapping's place unless the mapping covers the layer and fits the
/// accelerator: the message names the level, the tensor, and the words needed and there.
void check_mapping(const Mapping& mapping, const Layer& layer, const Accelerator& accelerator);

}  // namespace weir
