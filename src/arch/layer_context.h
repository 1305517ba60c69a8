#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "arch/simulator.h"
#include "mapping/array_shape.h"
#include "mapping/nest.h"
#include "stats/layer_stats.h"
#include "workload/data.h"

namespace weir::arch {

/// What all parts of the machine know of the layer that runs, and where they write what they did.
struct LayerContext {
  LayerContext(const Job& the_job, std::int64_t columns)
      : job(the_job), nest(job.mapping, job.layer), shapes(nest, columns) {}

  const Job& job;
  LoopNest nest;
  ArrayShapes shapes;
  LayerData data;                      ///< what DRAM holds; empty with data off
  std::vector<std::uint32_t> outputs;  ///< what has been written back to DRAM: [G][N][M][P][Q]
  stats::LayerStats stats;
  std::int64_t zero_macs = 0;  ///< MACs that met a zero ifmap word, counted by the PEs
  std::int64_t steps = 0;      ///< of the whole layer
  std::function<void(double)> progress;

  void report_progress(std::int64_t step) const {
    if (progress) progress(static_cast<double>(step) / static_cast<double>(steps));
  }
};

}  // namespace weir::arch
