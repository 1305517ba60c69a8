#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "workload/data.h"
#include "workload/layer.h"

namespace weir::evaluate {

/// A layer to execute by a legal mapping (check_mapping).
struct Job {
  Layer layer;
  Mapping mapping;
  Overlap overlap = Overlap::processing;
  bool data = true;        ///< words travel and the outputs are compared with the reference
  std::uint64_t seed = 1;  ///< of the generated ifmap and weights
  /// Changes the words in DRAM after the reference outputs were made: a fault to be found. For tests.
  std::function<void(LayerData&)> tamper = {};
  /// With data on, told what DRAM held and what the machine wrote back to it, as reference_outputs() has it.
  std::function<void(const LayerData&, const std::vector<std::uint32_t>&)> observe = {};
  /// Takes the times of steps that recur from memory; the results are the same.
  bool replay = true;
};

/// Told now and then which fraction of a job is done, 0 to 1.
using Progress = std::function<void(double)>;

}  // namespace weir::evaluate
