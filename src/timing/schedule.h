#pragma once

#include <cstdint>
#include <functional>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "stats/layer_stats.h"
#include "timing/array_model.h"
#include "timing/buffer_tiles.h"
#include "timing/memory.h"
#include "workload/layer.h"

namespace weir::timing {

/// What goes along with a layer's tiles: the values of a simulation.
class TileObserver {
 public:
  virtual ~TileObserver() = default;
  /// Words come and go, and then the array works on the present tile.
  virtual void run_tile(const BufferTiles& tiles) = 0;
  /// The last psums leave.
  virtual void end(const BufferTiles& tiles) = 0;

 protected:
  TileObserver() = default;
  TileObserver(const TileObserver&) = default;
  TileObserver& operator=(const TileObserver&) = default;
};

struct ScheduleOptions {
  std::int64_t zero_macs =
      0;                     ///< MACs that meet a zero ifmap word (count_zero_macs): a machine may gate them
  bool replay = true;        ///< do not simulate again what is known; the results are the same
  Effort* effort = nullptr;  ///< told what it took, if given
  Memory* memory = nullptr;  ///< in place of the accelerator's own model of DRAM
  TileObserver* observer = nullptr;
};

/// What a layer's execution by a legal mapping (check_mapping) counts and how long it takes. Plain code
/// without values and without a kernel: several can run in one process and on several threads. Throws
/// std::logic_error if an invariant of the model is broken.
stats::LayerStats schedule(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                           Overlap overlap, const ScheduleOptions& options = {});
/// The same for a layer as the array sees it (mapped_layer), which is not memory-bound.
stats::LayerStats schedule_mapped(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                                  Overlap overlap, const ScheduleOptions& options = {});

}  // namespace weir::timing
