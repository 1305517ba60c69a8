#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report/run_result.h"

namespace weir::report {

/// The texts of the result files (docs/file-formats.md).
std::string layers_csv(const RunResult& run);
std::string accesses_csv(const RunResult& run);
std::string stats_json(const RunResult& run);

/// layers.csv, accesses.csv and stats.json.
const std::vector<std::string>& result_files();

/// Writes result_files() into an existing folder: all three or none. Throws
/// FileError.
void write_results(const RunResult& run, const std::filesystem::path& folder);

}  // namespace weir::report
