#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/dataflow.h"
#include "mapping/mapping.h"
#include "workload/layer.h"

namespace weir {

// Steps that need one another are the outermost loop of all, whatever the dataflow says of that dimension;
// what it says holds within a step. What stays in a store while that loop goes on is not fetched again.

/// The dataflow for a layer of steps, as mapped on the accelerator; itself for other layers.
Dataflow in_steps(Dataflow dataflow, const Layer& layer, const Accelerator& accelerator);

/// The bounds that loops over a step's share may have, smallest first: the divisors of what is left of it, as
/// no tile has words of two steps.
std::vector<std::int64_t> bounds_in_a_step(std::int64_t left);

/// What a message adds where loops cannot cover the layer; nothing for a layer without steps.
std::string of_steps(const Layer& layer, const Accelerator& accelerator);

/// Pins that loop, if the layer has steps. Throws config::InputError where it is pinned otherwise.
void pin_steps(const Layer& layer, const Accelerator& accelerator, Pins& pins);

}  // namespace weir
