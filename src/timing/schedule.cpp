#include "timing/schedule.h"

#include <algorithm>

#include "mapping/systolic.h"
#include "timing/dram_layout.h"
#include "timing/dram_link.h"
#include "timing/invariants.h"
#include "timing/layer_totals.h"
#include "timing/weights_by_link.h"
#include "vector_unit/vector_unit.h"

namespace weir::timing {

stats::LayerStats schedule(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                           Overlap overlap, const ScheduleOptions& options) {
  if (layer.is_memory_bound()) return run_memory_bound(layer, accelerator, overlap);
  return schedule_mapped(mapped_layer(layer, accelerator), mapping, accelerator, overlap, options);
}

stats::LayerStats schedule_mapped(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                                  Overlap overlap, const ScheduleOptions& options) {
  stats::LayerStats stats;
  account::Traffic traffic;
  const bool hidden = overlap == Overlap::processing;
  const LoopNest nest(mapping, layer);
  const DramLayout layout(layer);
  DramLink link(accelerator.dram);
  Memory& dram = options.memory != nullptr ? *options.memory : link;
  dram.begin_layer(hidden);
  WeightsByLink weights(dram, layout);
  const auto array = make_array(accelerator);
  array->begin_layer({layer, nest, mapping, hidden, weights, options.replay});
  BufferTiles tiles(nest, layer, mapping.weights_in_global_buffer, accelerator.global_buffer);
  const auto drain = [&](Cycle earliest) {
    if (tiles.drained() == 0) return Cycle{0};
    return dram.transfer(
        {tiles.drained(), earliest, true, layout.address(Tensor::psum, tiles.before()->base)});
  };
  Cycle finished = 0;
  do {
    tiles.count(traffic);
    const Cycle drained = drain(finished);
    const Cycle loaded =
        dram.transfer({tiles.fetched(), finished, false, layout.address(Tensor::ifmap, tiles.tile().base)});
    finished = array->run_tile(std::max(drained, loaded));
    if (options.observer != nullptr) options.observer->run_tile(tiles);
  } while (tiles.next());
  tiles.count(traffic);
  if (options.observer != nullptr) options.observer->end(tiles);
  const Cycle drained = drain(finished);
  dram.count(array->preloads());
  array->end_layer(std::max(array->done(), drained), stats, traffic);

  const auto accounting =
      account::Accounting::of_array(accelerator, array->held(), mapping.weights_in_global_buffer);
  complete(stats, traffic, accounting, layer, accelerator, options.zero_macs, dram.busy());
  check_invariants(stats, traffic, layer, overlap, accelerator, dram.words());
  if (options.effort != nullptr) *options.effort = array->effort();
  return stats;
}

}  // namespace weir::timing
