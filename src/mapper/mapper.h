#pragma once

#include <string>
#include <utility>

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

/// A layer that a dataflow cannot map on an accelerator.
class NoMapping : public config::InputError {
 public:
  NoMapping(const config::Mark& mark, const std::string& message, std::string reason)
      : InputError(mark, message), reason_(std::move(reason)) {}
  /// What overflows or cannot be covered, without the names of layer, accelerator and dataflow.
  const std::string& reason() const { return reason_; }

 private:
  std::string reason_;
};

/// The best mappings of a layer on an accelerator that a dataflow allows; one at least. The search goes by
/// the estimator's cycles; with DRAM hidden its finalists are put in the order of the exact ones, which their
/// scores then hold. Throws
/// NoMapping when there is none, with what overflows for the smallest tile, and config::InputError when the
/// pins contradict the dataflow.
SearchResult find_mappings(const Layer& layer, const Accelerator& accelerator,
                           const energy::EnergyTable& table, const Dataflow& dataflow,
                           const MapperRequest& request);

}  // namespace weir
