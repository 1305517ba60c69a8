#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/plan.h"
#include "report/comparison.h"

namespace weir::cli {

/// One run and the published numbers that it is compared with.
struct ValidationRun {
  Request request;
  std::vector<report::Comparison> comparisons;
  /// The run whose numbers take the place of published ones, if it is not the paper that gives them.
  std::optional<Request> against;
};

/// A file of validation/ (docs/file-formats.md): published numbers of one accelerator.
struct Validation {
  std::string name;
  std::vector<ValidationRun> runs;
  /// The runs in their order; `ours` is open.
  std::optional<report::Ranking> ranking = {};
};

/// All files of validation/, here and where Weir is installed.
std::vector<std::string> validation_files();

/// Throws config::InputError.
Validation read_validation(const config::Node& root);

/// Stands for the sum of a run's layers.
inline constexpr auto kTotal = "total";

}  // namespace weir::cli
