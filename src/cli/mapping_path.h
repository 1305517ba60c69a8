#pragma once

#include <string>
#include <string_view>

namespace weir::cli {

/// The file with a dataflow's mappings of a workload on an accelerator, below the working directory or
/// config::home(). Throws UsageError with those that exist.
std::string dataflow_mapping_path(const std::string& dataflow, const std::string& accelerator,
                                  const std::string& workload);

/// The rule of a dataflow: a file, or dataflow.yaml in a folder of dataflows/ below the working directory or
/// config::home(). Throws UsageError with those that exist.
std::string dataflow_path(const std::string& argument, std::string_view asked_by = "--dataflow");

/// A mapping file by its path, below the working directory or config::home(), with or without `.yaml`.
std::string mapping_path(const std::string& argument);

}  // namespace weir::cli
