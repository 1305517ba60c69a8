#pragma once

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "reference/ticked_model.h"
#include "stats/layer_stats.h"
#include "workload/layer.h"

/// Between the simulator's terms and those of the ticked reference, which shares no code with it.
namespace weir::test {

reference::LayerShape reference_shape(const Layer& layer);
reference::NestSpec reference_nest(const Mapping& mapping);
/// But for what a systolic array's mapping says (MachineSpec::stationary).
reference::MachineSpec reference_machine(const Accelerator& accelerator, Overlap overlap);
/// Of kDataSeed.
reference::LayerData reference_data(const Layer& layer);

/// Expects every cycle, count, PE state and link's cycle to be the reference's.
void expect_equal(const stats::LayerStats& simulated, const reference::Result& ticked);

}  // namespace weir::test
