#pragma once

#include "config/table.h"
#include "workload/workload.h"

namespace weir {

/// The keys of a workload file: its own, those of `missing` and those of each layer.
const std::vector<config::Key>& workload_keys();
const config::Table<Missing>& missing_table();
const std::vector<config::Key>& layer_keys();

}  // namespace weir
