#pragma once

#include <string>

#include "report/run_result.h"

namespace weir::report {

/// The table that `weir run` prints: a row a layer and their total, kTableWidth columns at most.
std::string console_table(const RunResult& run);

}  // namespace weir::report
