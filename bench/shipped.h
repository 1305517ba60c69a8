#pragma once

#include <string>
#include <vector>

#include "accelerator/accelerator.h"
#include "energy/energy_table.h"
#include "mapping/dataflow.h"
#include "mapping/mapping.h"
#include "workload/workload.h"

namespace weir::bench {

/// The inputs that ship with the project and that the benchmarks use: AlexNet at batch 4 on Eyeriss.
struct Shipped {
  Accelerator accelerator;
  Workload workload;
  energy::EnergyTable prices;
  Dataflow dataflow;
  MappingFile published;
};

/// Read once.
const Shipped& shipped();

}  // namespace weir::bench
