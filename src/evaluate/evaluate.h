#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "evaluate/job.h"
#include "stats/layer_stats.h"
#include "timing/memory.h"

namespace weir::evaluate {

/// What a machine that is simulated may be told and given from outside.
struct Surroundings {
  Progress progress;
  timing::Memory* memory = nullptr;  ///< in place of the accelerator's own model of DRAM
};

/// Executes a job on the machine, every word of it with data on. Needs no kernel, and may be called by
/// several threads. Throws std::logic_error if an invariant of the model is broken.
stats::LayerStats simulate(const Job& job, const Accelerator& accelerator, const Surroundings& around = {});

/// The same numbers without values.
stats::LayerStats estimate(const Job& job, const Accelerator& accelerator);

/// The same counts, and cycles nearly, at once: what the mapper goes by. Does not know which MACs are gated,
/// nor what PEs and links do in which cycle.
stats::LayerStats count(const Job& job, const Accelerator& accelerator);

}  // namespace weir::evaluate
