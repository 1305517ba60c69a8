#pragma once

#include <cstdint>
#include <deque>
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

  /// Ends a visit to the psums at `base`. `shape`: of the array in its first step; `visit_reads`: whether all
  /// chains take psums in, none before `gate`; else only those do that are not the first to their psums.
  void end_visit(const Extents& base, const ArrayShape& shape, bool visit_reads, Cycle gate,
                 std::vector<PeTimes>& pes, stats::PeCycles& cycles);

  /// Whether a visit that begins at `base` finds psums in the buffer.
  bool reads_buffer(const Extents& base) const;
  bool reads_initial() const { return reads_initial_; }

  /// The bursts out whose end a burst in may have to wait for, in words, for all that is to come: their
  /// psums' places relative to `base`, times from `zero`. Only those from burst number `first` on. False when
  /// there are too many.
  bool save_written(std::int64_t first, const Extents& base, Cycle zero,
                    std::vector<std::int64_t>& state) const;
  /// Takes what save_written() wrote, behind the bursts that it knows of; returns where it ends.
  const std::int64_t* load_written(const Extents& base, Cycle zero, const std::int64_t* state);
  void forget_written() { recent_.clear(); }
  /// Bursts out so far.
  std::int64_t bursts_out() const { return bursts_out_; }

  PsumLink in;
  PsumLink out;
  LinkTotals neighbour;  ///< psums from PE to PE

 private:
  /// A burst out: which psums, as an index of written_, and its end.
  struct Written {
    std::int64_t place;
    Cycle time;
  };
  /// The index of written_ for the first psums of the psum tile at `base`.
  std::int64_t place_of(const Extents& base) const;
  void note_written(std::int64_t place, Cycle time);
  Cycle bring_in(std::int64_t words, BoundedStore& port, Cycle earliest);
  void accumulate(const ArrayShape& shape, const Chain& chain, bool from_buffer, Cycle arrival,
                  std::vector<PeTimes>& pes, stats::PeCycles& cycles) const;

  bool reads_initial_;
  bool revisits_ = false;                  ///< some psums are read back
  Extents full_;                           ///< of the array's tile
  Extents places_;                         ///< of psum tiles, along each dimension
  std::vector<std::size_t> psums_of_top_;  ///< in the full shape, those of the chain whose top is this PE
  std::size_t psums_ = 0;                  ///< different ones
  std::vector<Cycle> written_;  ///< by psum tile and psums in it: the end of the burst that wrote them last
  std::deque<Written> recent_;  ///< those that the network in has not passed yet
  std::int64_t bursts_out_ = 0;
  Cycle forgotten_ = 0;  ///< the end of the last of them that is not in recent_
};

}  // namespace weir::timing
