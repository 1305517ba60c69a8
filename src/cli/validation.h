#pragma once

#include <string>
#include <vector>

#include "cli/plan.h"
#include "report/comparison.h"

namespace weir::cli {

/// One run and the published numbers that it is compared with.
struct ValidationRun {
  Request request;
  std::vector<report::Comparison> comparisons;
};

/// A file of validation/ (docs/file-formats.md): published numbers of one accelerator.
struct Validation {
  std::string name;
  std::vector<ValidationRun> runs;
};

/// Throws config::InputError.
Validation read_validation(const config::Node& root);

/// Stands for the sum of a run's layers.
inline constexpr auto kTotal = "total";

}  // namespace weir::cli
