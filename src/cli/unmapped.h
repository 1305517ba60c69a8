#pragma once

#include <string>
#include <vector>

#include "report/run_result.h"

namespace weir::cli {

/// Says on stderr which layers `command` leaves out, and why. The exit code: 0 if there are none, 1 if others
/// are left, else 2.
int check_mapped(const std::string& command, const std::vector<report::UnmappedLayer>& unmapped,
                 bool others_are_left, const std::string& accelerator, const std::string& dataflow);

/// Says on stderr that nodes with MACs of the model are not in the workload. The exit code: 1 if there are
/// some.
int check_complete(const std::string& command, const Missing& missing, const std::string& text);

}  // namespace weir::cli
