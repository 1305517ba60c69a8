#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accelerator/accelerator.h"
#include "account/traffic.h"
#include "mapping/array_shape.h"
#include "mapping/delivery.h"
#include "mapping/nest.h"
#include "mapping/own_macs.h"
#include "stats/layer_stats.h"
#include "timing/array_model.h"
#include "timing/multicast_link.h"
#include "timing/pe_times.h"
#include "timing/psum_path.h"
#include "timing/replay.h"
#include "timing/step_cursor.h"
#include "timing/totals.h"
#include "timing/weight_stream.h"
#include "workload/layer.h"

namespace weir::timing {

/// When the PE array does what, step by step. PEs, ports and networks never contend for anything out of a
/// fixed order, so that each step's times follow from those before.
class Array final : public ArrayModel {
 public:
  explicit Array(const Accelerator& accelerator);

  void begin_layer(const Work& work) override;
  Cycle run_tile(Cycle ready) override;
  Cycle done() const override;
  void end_layer(Cycle end, stats::LayerStats& stats, account::Traffic& traffic) override;

  account::Held held() const override { return account::held_by(spec_.pe); }
  LinkTotals preloads() const override { return preloads_; }
  Effort effort() const override { return {last_step_ + 1, replay_->steps_replayed}; }

 private:
  /// What ends with a box of steps.
  enum class End : std::uint8_t { within_visit, of_visit, of_layer };
  /// What a box of steps may change: the rest of the state neither matters to it nor is touched.
  struct Uses {
    bool ifmap, weights;  ///< words are sent
    bool psums;           ///< a visit ends
    bool psums_in;        ///< psums come from the buffer
  };

  void run_step();
  void deliver_ifmap(const Tile& tile, const ArrayShape& shape);
  void deliver_weights(const Tile& tile, const ArrayShape& shape);
  void run_windows(std::int64_t step, const Tile& tile, const ArrayShape& shape);
  void release(MulticastLink& network, const Delivery& delivery);
  void end_visit();
  Cycle weight_barrier() const;
  PeTimes& pe(std::int64_t number) { return pes_[static_cast<std::size_t>(number)]; }
  const PeTimes& pe(std::int64_t number) const { return pes_[static_cast<std::size_t>(number)]; }

  // Boxes (array_replay.cpp).
  void run_box(std::size_t n);
  void run_inside(std::size_t n);
  End end_of(std::size_t n) const;
  Uses uses(std::size_t n, const ArrayShape& shape, bool ends_visit) const;
  /// Where what box(n) spans meets zeros of padding, which PEs skip.
  void save_padding(std::size_t n, Replay::State& state) const;
  /// The state as words, of the PEs that are involved and of what is used: places from `base`, times from
  /// `zero`.
  void save(const ArrayShape& involved, const Uses& used, const Extents& base, Cycle zero,
            Replay::State& state) const;
  /// Takes the state at the end of a box that began at `base`, when the array was done at `zero`.
  void load(const ArrayShape& involved, const Uses& used, const Extents& base, Cycle zero,
            const Replay::Outcome& outcome);
  Totals totals() const;
  void add(const Totals& more);

  Accelerator spec_;
  std::vector<PeTimes> pes_;  ///< those that the mapping uses
  Cycle array_done_ = 0;      ///< when all of them are
  MulticastLink ifmap_;
  MulticastLink weights_;
  PsumPath psum_path_;
  stats::PeCycles pe_cycles_;
  LinkTotals preloads_;

  std::optional<ArrayShapes> shapes_;
  const ArrayShape* full_ = nullptr;  ///< the shape of a full step
  bool streams_weights_ = false;
  bool dram_hidden_ = true;
  bool replays_ = false;
  std::int64_t step_weight_ = 1;  ///< what a step costs to simulate, in steps of a PE that keeps its operands
  std::optional<OwnMacs> own_macs_;  ///< set where PEs skip all others
  std::optional<StepCursor> cursor_;
  std::optional<DeliveryPlanner> ifmap_planner_;
  std::optional<DeliveryPlanner> weight_planner_;
  std::optional<WeightStream> weight_stream_;
  std::optional<Replay> replay_;
  bool more_ = false;
  const ArrayShape* last_shape_ = nullptr;  ///< of the last step
  std::int64_t last_step_ = -1;
  const ArrayShape* visit_shape_ = nullptr;  ///< of the visit's first step; nullptr between visits
  Extents visit_base_;
  bool visit_from_buffer_ = false;
  Cycle visit_gate_ = 0;
  Cycle tile_ready_ = 0;
};

}  // namespace weir::timing
