#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "accelerator/accelerator.h"
#include "config/node.h"
#include "energy/energy_table.h"
#include "mapping/mapping.h"
#include "stats/layer_stats.h"
#include "workload/workload.h"

namespace weir::report {

/// How mappings are evaluated: by the machine that moves every word; by its counts and times alone, which are
/// the same numbers; or as the mapper does: the same counts, cycles nearly, nothing of what PEs and links do;
/// or by the machine as modules with ports, clock by clock: again the same numbers.
enum class Fidelity : std::uint8_t { simulate, estimate, closed_form, ports };

struct LayerResult {
  Layer layer;
  Mapping mapping;
  stats::LayerStats stats;
};

/// A layer that the dataflow has no mapping of.
struct UnmappedLayer {
  Layer layer;
  std::string reason;
};

/// A finished run with all that it was made from; whatever a report says comes from here.
struct RunResult {
  Accelerator accelerator;
  std::string workload;
  std::string dataflow;
  std::int64_t batch = 1;
  Overlap overlap = Overlap::processing;
  Fidelity fidelity = Fidelity::simulate;
  std::string data;  ///< `on`, `off` or `auto`, as asked for; what was done stands in each layer
  std::uint64_t seed = 1;
  energy::EnergyTable energy;
  /// The files `accelerator`, `workload` and `energy` as read, overrides included.
  std::vector<std::pair<std::string, config::Node>> inputs;
  std::vector<LayerResult> layers;
  std::vector<UnmappedLayer> unmapped;  ///< layers that were asked for and left out
  Missing missing;                      ///< what the workload has no layers of
  std::string missing_text;             ///< the same in a sentence; empty if it has all
};

}  // namespace weir::report
