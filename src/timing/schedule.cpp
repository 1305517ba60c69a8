#include "timing/schedule.h"

#include <algorithm>

#include "timing/array.h"
#include "timing/buffer_tiles.h"
#include "timing/dram_link.h"
#include "timing/invariants.h"
#include "timing/layer_totals.h"
#include "timing/systolic_array.h"
#include "timing/weights_by_link.h"
#include "vector_unit/vector_unit.h"
#include "workload/lowering.h"

namespace weir::timing {
stats::LayerStats schedule(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                           Overlap overlap, const ScheduleOptions& options) {
  if (layer.is_memory_bound()) return run_memory_bound(layer, accelerator, overlap);
  if (accelerator.systolic())
    return schedule_product(lowered(layer), mapping, accelerator, overlap, options.zero_macs);
  stats::LayerStats stats;
  account::Traffic traffic;
  const bool hidden = overlap == Overlap::processing;
  const LoopNest nest(mapping, layer);
  ArrayShapes shapes(nest, accelerator.networks.neighbour_sums);
  DramLink dram(accelerator.dram);
  dram.begin_layer(hidden);
  WeightsByLink weights(dram);
  Array array(accelerator);
  array.begin_layer({layer, nest, shapes, !mapping.weights_in_global_buffer, hidden ? nullptr : &weights,
                     options.replay && hidden});
  if (hidden) array.run_layer();

  BufferTiles tiles(nest, layer, mapping.weights_in_global_buffer, accelerator.global_buffer);
  Cycle finished = 0;
  do {
    tiles.count(traffic);
    const Cycle drained = dram.transfer(tiles.drained(), finished);
    const Cycle loaded = dram.transfer(tiles.fetched(), finished);
    finished = hidden ? 0 : array.run_tile(std::max(drained, loaded));
  } while (tiles.next());
  tiles.count(traffic);
  const Cycle drained = dram.transfer(tiles.drained(), finished);
  dram.count(array.preloads());
  array.end_layer(std::max(array.done(), drained), stats, traffic);

  const auto accounting = account::Accounting::of_array(accelerator, account::held_by(accelerator.pe),
                                                        mapping.weights_in_global_buffer);
  complete(stats, traffic, accounting, layer, accelerator, options.zero_macs, dram.busy());
  check_invariants(stats, traffic, layer, overlap, accelerator, dram.words());
  if (options.effort != nullptr) *options.effort = {array.steps(), array.replay().steps_replayed};
  return stats;
}

}  // namespace weir::timing
