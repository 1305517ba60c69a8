#pragma once

#include <cstdint>
#include <optional>

#include "accelerator/accelerator.h"
#include "account/traffic.h"
#include "mapping/nest.h"
#include "mapping/systolic.h"
#include "stats/layer_stats.h"
#include "timing/systolic_timeline.h"
#include "timing/weight_stream.h"
#include "workload/layer.h"

namespace weir::timing {

/// When a systolic array does what, and what it moves: the folds of a lowered layer (workload/lowering.h),
/// buffer tile by buffer tile (docs/timing-model.md section 12).
class SystolicArray {
 public:
  /// Folds whose weights may be on their way from DRAM.
  static constexpr std::int64_t kMostFoldsAhead = 64;

  explicit SystolicArray(const Accelerator& accelerator) : spec_(accelerator) {}

  /// All arguments must outlive the layer's run. `source`: nullptr when the
  /// weights come out of the global buffer; else its answers come in the order of the requests.
  /// `dram_hidden`: nobody asks when a tile is finished.
  void begin_layer(const Layer& product, const LoopNest& nest, const Mapping& mapping, bool dram_hidden,
                   WeightSource* source);

  /// Runs all folds of the next buffer tile, which is there from time `ready` on. Returns when they are done,
  /// or 0 with DRAM hidden.
  Cycle run_tile(Cycle ready);
  /// Whether all tiles have run.
  bool finished() const { return !more_; }
  /// Folds begun so far.
  std::int64_t folds() const { return walker_->number(); }
  /// When all folds so far are done.
  Cycle done() const { return timeline_->done(); }

  /// Adds up what PEs and links did until the end of the layer.
  void end_layer(Cycle end, stats::LayerStats& stats, account::Traffic& traffic);

  const SystolicRoles& roles() const { return roles_; }
  /// Whether a fold's outputs are added to psums that the buffer holds.
  bool reads_psums(const Tile& tile) const {
    return tile.base[Dimension::C] > 0 || spec_.networks.psum_ports.reads_initial;
  }

 private:
  void run_fold(const Tile& tile, Cycle ready);
  void request_weights(Cycle earliest);
  void count(const Tile& tile);

  const Accelerator spec_;
  SystolicRoles roles_{};
  bool dram_hidden_ = true;
  bool more_ = false;
  WeightSource* source_ = nullptr;
  account::Traffic traffic_;
  std::int64_t active_pes_ = 0;
  std::optional<SystolicTimeline> timeline_;
  std::optional<StepWalker> walker_;
  std::optional<StepWalker> ahead_;  ///< at the next fold whose weights are to be asked for
  bool more_ahead_ = false;
  std::int64_t first_requests_ = 0;
};

/// What a lowered layer's execution by a legal mapping counts and how long it takes: timing::schedule on a
/// systolic array.
stats::LayerStats schedule_product(const Layer& product, const Mapping& mapping,
                                   const Accelerator& accelerator, Overlap overlap, std::int64_t zero_macs);

}  // namespace weir::timing
