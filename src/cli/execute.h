#pragma once

#include <vector>

#include "cli/plan.h"

namespace weir::cli {

/// Executes plans, one after the other, and fills in their results. Call once a process: SystemC elaborates
/// once. Shows a progress bar if it may and stderr is a terminal.
void execute(std::vector<Plan>& plans, bool may_show_progress);

}  // namespace weir::cli
