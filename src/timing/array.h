#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/array_shape.h"
#include "mapping/delivery.h"
#include "mapping/nest.h"
#include "stats/layer_stats.h"
#include "timing/multicast_link.h"
#include "timing/pe_times.h"
#include "timing/psum_path.h"
#include "timing/weight_stream.h"
#include "workload/layer.h"

namespace weir::timing {

/// When the PE array does what: the steps of a layer, buffer tile by buffer tile. PEs, ports and networks
/// never contend for anything out of a fixed order, so that each step's times follow from those before.
class Array {
 public:
  explicit Array(const Accelerator& accelerator);

  /// All arguments must outlive the layer's run; counts and PE states are added to `stats`. `source` as of
  /// WeightStream.
  void begin_layer(const Layer& layer, const LoopNest& nest, ArrayShapes& shapes, WeightSource* source,
                   stats::LayerStats& stats);

  /// Runs all steps of the next buffer tile, which is there from time `ready` on. Returns when its PEs and
  /// psum bursts are finished.
  Cycle run_tile(Cycle ready);
  /// Whether all tiles have run.
  bool finished() const { return !more_; }
  /// Steps begun so far.
  std::int64_t steps() const { return last_step_ + 1; }

  /// When all PEs and psum bursts so far are finished.
  Cycle done() const;
  /// Accounts for what the PEs did between their last work and the end of the layer, and for the links' and
  /// networks' words and cycles.
  void end_layer(Cycle end);

  /// Whether a visit, given the array's tile in its first step, takes psums in from the buffer.
  bool reads_psums(const Tile& tile) const { return psum_path_.reads_buffer(tile); }
  const MulticastLink& ifmap() const { return ifmap_; }
  const MulticastLink& weights() const { return weights_; }

 private:
  void run_step();
  void deliver_ifmap(const Tile& tile, const ArrayShape& shape);
  void deliver_weights(std::int64_t step);
  void run_windows(std::int64_t step, const ArrayShape& shape);
  void release(MulticastLink& network, const Delivery& delivery);
  /// The time when the PEs that were active in the last step had finished it.
  Cycle last_step_done() const;
  Cycle array_done() const;
  Cycle weight_barrier() const;
  PeTimes& pe(std::int64_t number) { return pes_[static_cast<std::size_t>(number)]; }
  const PeTimes& pe(std::int64_t number) const { return pes_[static_cast<std::size_t>(number)]; }

  Accelerator spec_;
  std::vector<PeTimes> pes_;
  MulticastLink ifmap_;
  MulticastLink weights_;
  PsumPath psum_path_;

  ArrayShapes* shapes_ = nullptr;
  stats::LayerStats* stats_ = nullptr;
  std::optional<StepWalker> walker_;
  std::optional<DeliveryPlanner> ifmap_planner_;
  std::optional<WeightStream> weight_stream_;
  std::int64_t active_pes_ = 0;  ///< in a full step
  bool more_ = false;
  const ArrayShape* last_shape_ = nullptr;  ///< of the last step
  std::int64_t last_step_ = -1;
  std::optional<Tile> visit_tile_;  ///< of the visit's first step
  const ArrayShape* visit_shape_ = nullptr;
  Cycle visit_gate_ = 0;
  Cycle tile_ready_ = 0;
};

}  // namespace weir::timing
