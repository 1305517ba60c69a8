#pragma once

#include <string>
#include <vector>

#include "cli/plan.h"

namespace weir::cli {

/// What arch::Simulator::run() gives with data off, found without simulating: the same numbers. Needs no
/// SystemC, and may be called by several threads.
stats::LayerStats estimate(const arch::Job& job, const Accelerator& accelerator);

/// Executes plans, one after the other, and fills in their results. Call once a process:
/// SystemC elaborates once. Shows a progress bar if it may and stderr is a terminal.
void execute(std::vector<Plan>& plans, bool may_show_progress);

/// Says on stderr which outputs are wrong; the exit code.
int check_outputs(const std::string& command, const report::RunResult& result);

}  // namespace weir::cli
