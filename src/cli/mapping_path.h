#pragma once

#include <string>

namespace weir::cli {

struct PublishedMappings {
  std::string file;
  std::string dataflow;  ///< the name of its folder
};

/// A dataflow's mappings of a workload on an accelerator, in the folder of the dataflow. Throws UsageError
/// with those that exist, or config::InputError when there is no such dataflow.
PublishedMappings published_mappings(const std::string& dataflow, const std::string& accelerator,
                                     const std::string& workload);

/// The rule of a dataflow. Throws config::InputError.
std::string dataflow_path(const std::string& argument);

}  // namespace weir::cli
