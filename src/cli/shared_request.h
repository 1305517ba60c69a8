#pragma once

#include "cli/options.h"
#include "cli/plan.h"

namespace weir::cli {

/// What `run` and `compare` ask for with the same options. Throws UsageError.
Request shared_request_of(const po::variables_map& values);

}  // namespace weir::cli
