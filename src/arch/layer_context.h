#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "account/traffic.h"
#include "arch/simulator.h"
#include "arch/window_run.h"
#include "mapping/array_shape.h"
#include "mapping/nest.h"
#include "stats/layer_stats.h"
#include "workload/data.h"

namespace weir::arch {

/// What all parts of the machine know of the layer that runs, and where they write what they did.
struct LayerContext {
  LayerContext(const Job& the_job, const Accelerator& accelerator)
      : job(the_job), nest(job.mapping, job.layer), shapes(nest, accelerator.networks.neighbour_sums) {}

  const Job& job;
  LoopNest nest;
  ArrayShapes shapes;
  std::optional<WindowRun> run;        ///< windows whose values the PEs compute at once, if any
  LayerData data;                      ///< what DRAM holds; empty with data off
  std::vector<std::uint32_t> outputs;  ///< what has been written back to DRAM: [G][N][M][P][Q]
  stats::LayerStats stats;
  account::Traffic traffic;
  std::int64_t zero_macs = 0;  ///< MACs that met a zero ifmap word, counted by the PEs
  std::int64_t buffer_tiles = 0;
  std::function<void(double)> progress;

  /// Buffer tiles done so far.
  void report_progress(std::int64_t tiles) const {
    if (progress) progress(static_cast<double>(tiles) / static_cast<double>(buffer_tiles));
  }
};

}  // namespace weir::arch
