#pragma once

#include <string>
#include <vector>

#include "cli/plan.h"

namespace weir::cli {

/// Executes plans, one after the other, and fills in their results. Call once a process:
/// SystemC elaborates once. Shows a progress bar if it may and stderr is a terminal. With fidelity `ports`
/// the first plan's waveforms are written to `vcd`, if that is a file's name.
void execute(std::vector<Plan>& plans, bool may_show_progress, const std::string& vcd = "");

/// Says on stderr which outputs are wrong; the exit code.
int check_outputs(const std::string& command, const report::RunResult& result);

}  // namespace weir::cli
