#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "stats/layer_stats.h"
#include "workload/data.h"
#include "workload/layer.h"

namespace weir::ports {

/// How a layer is executed.
struct RunOptions {
  Overlap overlap = Overlap::processing;
  bool verify = true;      ///< compares the outputs with the reference; words have values in any case
  std::uint64_t seed = 1;  ///< of the generated ifmap and weights
  /// Changes the words in DRAM after the reference outputs were made: a fault to be found. For tests.
  std::function<void(LayerData&)> tamper = {};
  /// When verifying, told what DRAM held and what the chip wrote back to it, as reference_outputs() has it.
  std::function<void(const LayerData&, const std::vector<std::uint32_t>&)> observe = {};
};

/// PE cycles that a layer takes at least, which say how long its simulation runs; and the most that is
/// allowed.
double least_pe_cycles(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator);
inline constexpr double kMostPeCycles = 1e9;

/// The machine clock by clock: modules with ports, and words that travel one by one. Construct before the
/// first run of any model of the process: SystemC elaborates once. Layers run one after the other.
class PortsSimulator {
 public:
  /// With the name of a file that ends in .vcd, writes waveforms there until it is destroyed.
  explicit PortsSimulator(const Accelerator& accelerator, const std::string& vcd = "");
  ~PortsSimulator();

  /// Executes a layer by a legal mapping (check_mapping). Throws std::logic_error when a module is asked for
  /// what it does not have.
  stats::LayerStats run(const Layer& layer, const Mapping& mapping, const RunOptions& options);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::ports
