#pragma once

#include <functional>

#include "accelerator/accelerator.h"
#include "mapping/dataflow.h"
#include "workload/layer.h"

namespace weir::test {

/// Calls visit(mapping) for every legal mapping that a dataflow allows, found by trying all bounds and all
/// orders: slow, plain, and sharing no code with the mapper. Loops of one iteration are left out; of bounds
/// that make equally many steps only the smallest is taken.
void for_each_mapping(const Layer& layer, const Accelerator& accelerator, const Dataflow& dataflow,
                      const std::function<void(const Mapping&)>& visit);

}  // namespace weir::test
