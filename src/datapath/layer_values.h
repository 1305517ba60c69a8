#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accelerator/accelerator.h"
#include "datapath/window_run.h"
#include "mapping/array_shape.h"
#include "mapping/mapping.h"
#include "mapping/nest.h"
#include "workload/data.h"
#include "workload/layer.h"

namespace weir::datapath {

/// A layer whose values move, and what DRAM holds of it. Layer and mapping must outlive this.
struct LayerValues {
  LayerValues(const Layer& the_layer, const Mapping& the_mapping, const Accelerator& accelerator)
      : layer(the_layer),
        mapping(the_mapping),
        nest(the_mapping, the_layer),
        shapes(nest, accelerator.networks.neighbour_sums) {}

  const Layer& layer;
  const Mapping& mapping;
  LoopNest nest;
  ArrayShapes shapes;
  std::optional<WindowRun> run;        ///< windows whose values the PEs compute at once, if any
  LayerData data;                      ///< what DRAM holds
  std::vector<std::uint32_t> outputs;  ///< what has been written back to DRAM: [G][N][M][P][Q]
  std::int64_t zero_macs = 0;          ///< MACs that met a zero ifmap word, counted by the PEs
};

}  // namespace weir::datapath
