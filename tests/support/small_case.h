#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/dataflow.h"
#include "workload/layer.h"

namespace weir::test {

/// Rules unlike each other: what is stationary, what is unrolled, which orders are open.
const std::vector<std::string>& small_rules();

Dataflow rule(const std::string& text);

/// A layer and a machine so small that all mappings can be tried.
struct Small {
  Layer layer;
  Accelerator accelerator;
  Dataflow dataflow;
};

/// The same for the same seed.
Small draw_small(std::uint64_t seed);

}  // namespace weir::test
