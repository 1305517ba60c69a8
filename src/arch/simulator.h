#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "stats/layer_stats.h"
#include "workload/data.h"
#include "workload/layer.h"

namespace weir::arch {

/// One layer to execute.
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

/// The machine as a SystemC model. Construct before the first run of any Simulator of the process: SystemC
/// elaborates once. Runs of one or several Simulators follow one another.
class Simulator {
 public:
  explicit Simulator(const Accelerator& accelerator);
  ~Simulator();

  /// Executes `job`, whose mapping must be legal (check_mapping). `progress` is called now and then with the
  /// fraction done, 0 to 1. Throws std::logic_error if an invariant of the model is broken.
  stats::LayerStats run(const Job& job, const std::function<void(double)>& progress = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::arch
