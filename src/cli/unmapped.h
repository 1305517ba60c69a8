#pragma once

#include <string>
#include <vector>

#include "report/run_result.h"

namespace weir::cli {

/// Says on stderr which layers `command` leaves out, and why. The exit code: 0 if there are none, 1 if others
/// are left, else 2.
int check_mapped(const std::string& command, const std::vector<report::UnmappedLayer>& unmapped,
                 bool others_are_left, const std::string& accelerator, const std::string& dataflow);

}  // namespace weir::cli
