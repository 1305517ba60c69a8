#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/metrics.h"
#include "report/run_result.h"

namespace weir::report {

/// The layers of one kind as one.
struct KindSum {
  std::string kind;  ///< kind_of
  std::size_t layers = 0;
  Metrics metrics;
  /// How many of them are bound by what, the most first.
  std::vector<std::pair<std::string_view, std::size_t>> bound_by;
};

/// What a layer is like: `conv 3x3`, `depthwise 3x3`, `grouped 3x3` by its filter's rows and columns, else
/// its kind (`fc`, `matmul`, ...).
std::string kind_of(const Layer& layer);

/// The run's layers by kind, the kind that takes most cycles first.
std::vector<KindSum> by_kind(const RunResult& run);

/// The table of `weir run --by-kind`, kTableWidth columns at most.
std::string by_kind_table(const RunResult& run);

}  // namespace weir::report
