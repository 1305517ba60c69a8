#pragma once

#include <string>
#include <vector>

#include "energy/energy_table.h"
#include "mapper/mapper.h"
#include "report/run_result.h"

namespace weir::cli {

/// Searches the best mapping of each layer, with a progress bar if it may and stderr is a terminal. Each
/// result has one mapping at least, but of layers that cannot be mapped when `unmapped` is given: these are
/// added to it, and have none. `pins` are by layer. Throws config::InputError.
std::vector<SearchResult> search_mappings(const std::vector<Layer>& layers, const Accelerator& accelerator,
                                          const energy::EnergyTable& table, const Dataflow& dataflow,
                                          const MapperRequest& request,
                                          const std::map<std::string, Pins>& pins, bool may_show_progress,
                                          std::vector<report::UnmappedLayer>* unmapped = nullptr);

}  // namespace weir::cli
