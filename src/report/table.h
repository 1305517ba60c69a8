#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "report/run_result.h"

namespace weir::report {

inline constexpr std::size_t kTableWidth = 100;

/// The table that `weir run` prints: a row a layer and their total, kTableWidth columns at most.
std::string console_table(const RunResult& run);

}  // namespace weir::report
