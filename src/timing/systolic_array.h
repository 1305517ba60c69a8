#pragma once

#include <cstdint>
#include <optional>

#include "accelerator/accelerator.h"
#include "account/traffic.h"
#include "mapping/nest.h"
#include "mapping/systolic.h"
#include "stats/layer_stats.h"
#include "timing/array_model.h"
#include "timing/systolic_timeline.h"
#include "timing/weight_stream.h"
#include "workload/layer.h"

namespace weir::timing {

/// When a systolic array does what, and what it moves: the folds of a lowered layer (workload/lowering.h),
/// buffer tile by buffer tile (docs/timing-model.md section 12).
class SystolicArray final : public ArrayModel {
 public:
  /// Folds whose weights may be on their way from DRAM.
  static constexpr std::int64_t kMostFoldsAhead = 64;

  explicit SystolicArray(const Accelerator& accelerator) : spec_(accelerator) {}

  void begin_layer(const Work& work) override;
  Cycle run_tile(Cycle ready) override;
  Cycle done() const override { return timeline_->done(); }
  void end_layer(Cycle end, stats::LayerStats& stats, account::Traffic& traffic) override;

  account::Held held() const override { return account::held_by(roles_); }

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

}  // namespace weir::timing
