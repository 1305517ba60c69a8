#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <systemc>

#include "ports/buffer_port.h"
#include "ports/fold.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// Says when a systolic array advances a step, and when folds begin: a step ends when every link has sent its
/// words, and a fold begins when PEs have registers for it and DRAM has brought its words.
class FoldController : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(FoldController);

  sc_core::sc_in<bool> work{"work"};
  sc_core::sc_in<bool> step_done{"step_done"};
  sc_core::sc_port<OperandReader> buffer{"buffer"};  ///< asked whether a fold's words are there
  /// The links, in this order: ifmap, weights, psums in, psums out.
  sc_core::sc_port<FoldListener, 4> links{"links"};
  sc_core::sc_out<std::int64_t> step{"step"};
  sc_core::sc_out<bool> drain{"drain"};  ///< of stationary psums, for the leftmost column
  // The first fold that has not ended, as a step of the nest, and its visit.
  sc_core::sc_out<std::int64_t> unfinished_step{"unfinished_step"}, unfinished_visit{"unfinished_visit"};

  explicit FoldController(const sc_core::sc_module_name& name);

  void begin_layer(const Program& program, const SystolicRoles& roles);
  /// States of PEs, but for gating.
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  void run_cycle();
  void count_step();
  stats::PeState link_state() const;
  std::optional<stats::PeState> state() const;
  void end_folds();
  void let_weights_go();
  void begin_fold();
  void find_earliest();
  bool words_are_there();
  void ask_for_weights();

  const Program* program_ = nullptr;
  bool is_double_buffered_ = false, fetches_weights_ = false;
  std::optional<FoldSequencer> next_;   ///< at the fold that begins next
  std::optional<FoldSequencer> asked_;  ///< at the next whose weights DRAM is asked for
  std::deque<Fold> folds_;              ///< that have begun and not ended
  std::optional<Fold> last_;            ///< that has begun
  Fold owner_;                          ///< whose time it is
  bool owner_has_begun_ = false;
  std::int64_t earliest_ = 0;         ///< step in which the next could begin, and
  std::int64_t earliest_stream_ = 0;  ///< its stream, if it does
  bool tile_was_there_ = false, weights_were_there_ = false;
  stats::PeState came_last_ = stats::PeState::wait_ifmap;

  bool runs_ = false;
  std::int64_t step_ = 0, cycles_of_step_ = 0;
  std::int64_t waited_ = 0;  ///< PE cycles for DRAM, until it is known for what
  int folds_under_way_ = 0;
  stats::PeCycles cycles_;
};

}  // namespace weir::ports
