#pragma once

#include <vector>

#include "cli/plan.h"

namespace weir::cli {

/// What arch::Simulator::run() gives with data off, found without simulating: the same numbers. Needs no
/// SystemC, and may be called by several threads.
stats::LayerStats estimate(const arch::Job& job, const Accelerator& accelerator);

/// Executes plans for one accelerator, one after the other, and fills in their results. Call once a process:
/// SystemC elaborates once. Shows a progress bar if it may and stderr is a terminal.
void execute(std::vector<Plan>& plans, bool may_show_progress);

}  // namespace weir::cli
