#include "timing/schedule.h"

#include <algorithm>

#include "timing/array.h"
#include "timing/buffer_tiles.h"
#include "timing/dram_link.h"
#include "timing/invariants.h"
#include "timing/layer_totals.h"
#include "vector_unit/vector_unit.h"

namespace weir::timing {
namespace {

/// Weights by DRAM's link, whose requests come in a fixed order.
class WeightsByLink : public WeightSource {
 public:
  explicit WeightsByLink(DramLink& link) : link_(link) {}
  void request(std::int64_t words, Cycle earliest) override { ready_ = link_.transfer(words, earliest); }
  Cycle ready() override { return ready_; }

 private:
  DramLink& link_;
  Cycle ready_ = 0;
};

}  // namespace

stats::LayerStats schedule(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator,
                           Overlap overlap, std::int64_t zero_macs) {
  if (layer.is_memory_bound()) return run_memory_bound(layer, accelerator, overlap);
  stats::LayerStats stats;
  const LoopNest nest(mapping, layer);
  ArrayShapes shapes(nest, accelerator.columns);
  DramLink dram(accelerator.dram);
  dram.begin_layer(overlap == Overlap::processing);
  WeightsByLink weights(dram);
  Array array(accelerator);
  array.begin_layer(layer, nest, shapes, mapping.weights_in_global_buffer ? nullptr : &weights, stats);

  BufferTiles tiles(nest, layer, mapping.weights_in_global_buffer);
  Cycle finished = 0;
  do {
    tiles.count(stats.counts);
    const Cycle drained = dram.transfer(tiles.drained(), finished);
    const Cycle loaded = dram.transfer(tiles.loaded(), finished);
    finished = array.run_tile(std::max(drained, loaded));
  } while (tiles.next());
  tiles.count(stats.counts);
  array.end_layer(std::max(finished, dram.transfer(tiles.drained(), finished)));

  complete(stats, mapping, accelerator, zero_macs, dram.busy());
  check_invariants(stats, layer, overlap, accelerator, dram.words());
  return stats;
}

}  // namespace weir::timing
