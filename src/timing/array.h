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
class Array {
 public:
  explicit Array(const Accelerator& accelerator);

  /// A layer to run; all that is referred to must outlive its run.
  struct Work {
    const Layer& layer;
    const LoopNest& nest;
    ArrayShapes& shapes;
    bool streams_weights;  ///< they come from DRAM through the prefetch banks, else out of the global buffer
    WeightSource* source;  ///< of streamed weights; nullptr when DRAM is hidden and nobody waits for them
    bool replay = true;    ///< do not simulate again what is known
  };
  void begin_layer(const Work& work);

  /// Runs all steps of the next buffer tile, which is there from time `ready` on. Returns when its PEs and
  /// psum bursts are finished.
  Cycle run_tile(Cycle ready);
  /// Runs all buffer tiles, where DRAM is hidden and they are always there.
  void run_layer() { run_box(0); }
  /// Whether all steps have run.
  bool finished() const { return !more_; }
  /// Steps run so far.
  std::int64_t steps() const { return last_step_ + 1; }

  /// When all PEs and psum bursts so far are finished.
  Cycle done() const;
  /// Nothing is sent to the PEs any more before.
  Cycle sent_until() const { return ifmap_.sent_until(); }
  /// Whether a visit that begins at `base` takes psums in from the buffer; else those chains do that are not
  /// the first to their psums.
  bool reads_psums(const Extents& base) const { return psum_path_.reads_buffer(base); }
  /// Weights that came from a hidden DRAM.
  const LinkTotals& preloads() const { return preloads_; }
  const Replay& replay() const { return *replay_; }

  /// Adds up what PEs and networks did until the end of the layer.
  void end_layer(Cycle end, stats::LayerStats& stats, account::Traffic& traffic) const;

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

  ArrayShapes* shapes_ = nullptr;
  const ArrayShape* full_ = nullptr;  ///< the shape of a full step
  bool streams_weights_ = false;
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
