#pragma once

#include <cstdint>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/array_shape.h"
#include "mapping/nest.h"
#include "stats/layer_stats.h"
#include "timing/pe_times.h"
#include "timing/psum_link.h"
#include "workload/layer.h"

namespace weir::timing {

/// When psums travel at the end of a visit: in from the buffer, up the chains, and out again
/// (docs/timing-model.md sections 4 and 5).
class PsumPath {
 public:
  explicit PsumPath(const NetworksSpec& spec)
      : in(spec.psum_in.words_per_cycle),
        out(spec.psum_out.words_per_cycle),
        reads_initial_(spec.psum_ports.reads_initial) {}

  /// `full`: the array's shape in a full step. `nest` and `layer` must outlive the layer's run.
  void begin_layer(const LoopNest& nest, const Layer& layer, const ArrayShape& full, std::int64_t pes);

  /// Ends a visit. `tile` and `shape`: of the array in its first step; no psum is sent in before `gate`.
  void end_visit(const Tile& tile, const ArrayShape& shape, Cycle gate, std::vector<PeTimes>& pes,
                 stats::LayerStats& stats);

  /// Whether a visit, given the array's tile in its first step, takes psums in from the buffer.
  bool reads_buffer(const Tile& tile) const;

  PsumLink in;
  PsumLink out;

 private:
  /// The end of the burst that wrote these psums last, to be updated.
  Cycle& written_at(const Extents& base, std::int64_t top_pe);
  Cycle bring_in(std::int64_t words, BoundedStore& port, Cycle earliest);
  void accumulate(const ArrayShape& shape, const Chain& chain, bool from_buffer, Cycle arrival,
                  std::vector<PeTimes>& pes, stats::PeCycles& cycles) const;

  bool reads_initial_;
  Extents full_;                           ///< of the array's tile
  Extents places_;                         ///< of psum tiles, along each dimension
  std::vector<std::size_t> chain_of_top_;  ///< the full shape's chain whose top is this PE
  std::size_t chains_ = 0;
  std::vector<Cycle> written_;  ///< by psum tile and chain
};

}  // namespace weir::timing
