#pragma once

#include "accelerator/accelerator.h"
#include "energy/energy_table.h"
#include "mapper/cost.h"
#include "mapper/search.h"
#include "mapping/dataflow.h"
#include "workload/layer.h"

namespace weir {

/// What to find the best mappings by.
struct MapperRequest {
  Objective objective = Objective::energy;
  Overlap overlap = Overlap::processing;
  Pins pins;
  SearchOptions search;
};

/// The best mappings of a layer on an accelerator that a dataflow allows; one at least. Throws
/// config::InputError when there is none, with what overflows for the smallest tile, and when the pins
/// contradict the dataflow.
SearchResult find_mappings(const Layer& layer, const Accelerator& accelerator,
                           const energy::EnergyTable& table, const Dataflow& dataflow,
                           const MapperRequest& request);

}  // namespace weir
