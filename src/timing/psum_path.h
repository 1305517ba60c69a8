#pragma once

#include <cstdint>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/array_shape.h"
#include "mapping/nest.h"
#include "stats/layer_stats.h"
#include "timing/pe_times.h"
#include "timing/psum_link.h"
#include "timing/written_psums.h"
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

  /// Ends a visit to the psums at `base`. `shape`: of the array in its first step; `visit_reads`: whether all
  /// chains take psums in, none before `gate`; else only those do that are not the first to their psums.
  /// Returns when all its PEs are done.
  Cycle end_visit(const Extents& base, const ArrayShape& shape, bool visit_reads, Cycle gate,
                  std::vector<PeTimes>& pes, stats::PeCycles& cycles);

  /// Whether a visit that begins at `base` finds psums in the buffer.
  bool reads_buffer(const Extents& base) const;
  bool reads_initial() const { return reads_initial_; }

  /// The bursts out whose end a burst in may have to wait for: see WrittenPsums.
  bool save_written(std::int64_t first, const Extents& base, Cycle zero,
                    std::vector<std::int64_t>& state) const {
    return written_.save(first, base, zero, in.free_at, state);
  }
  const std::int64_t* load_written(const Extents& base, Cycle zero, const std::int64_t* state) {
    return written_.load(base, zero, in.free_at, state);
  }
  void forget_written() { written_.forget_recent(); }
  /// Bursts out so far.
  std::int64_t bursts_out() const { return written_.bursts(); }

  PsumLink in;
  PsumLink out;
  LinkTotals neighbour;  ///< psums from PE to PE

 private:
  Cycle bring_in(std::int64_t words, BoundedStore& port, Cycle earliest);
  void accumulate(const ArrayShape& shape, const Chain& chain, bool from_buffer, Cycle arrival,
                  std::vector<PeTimes>& pes, stats::PeCycles& cycles) const;

  bool reads_initial_;
  std::vector<std::size_t> psums_of_top_;    ///< in the full shape, those of the chain whose top is this PE
  std::vector<std::size_t> members_of_top_;  ///< in the full shape, how many PEs that chain has
  WrittenPsums written_;
};

}  // namespace weir::timing
