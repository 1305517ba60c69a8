#pragma once

#include <cstdint>
#include <optional>
#include <systemc>

#include "mapping/systolic.h"
#include "ports/flow.h"
#include "ports/program.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// A PE of a systolic array: in each step it takes what its neighbours had, makes a MAC of it, and passes it
/// on. One operand, or the psum, stays in it; a second register behind that one takes what comes for the next
/// fold, or what leaves from the last.
class SystolicElement : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(SystolicElement);

  sc_core::sc_in<bool> work{"work"};
  sc_core::sc_in<bool> step_done{"step_done"};  ///< the array advances, as a whole
  // From the left to the right, and from the top downwards.
  sc_core::sc_port<FlowReader> left_in{"left_in"}, top_in{"top_in"}, psum_in{"psum_in"};
  sc_core::sc_port<FlowWriter> right_out{"right_out"}, down_out{"down_out"}, psum_out{"psum_out"};
  sc_core::sc_port<ColumnEnd, 1, sc_core::SC_ZERO_OR_MORE_BOUND> column_end{
      "column_end"};  ///< of the last row
  // Stationary psums move down while this is true; the column to the right follows a step later.
  sc_core::sc_in<bool> drain_in{"drain_in"};
  sc_core::sc_out<bool> drain_out{"drain_out"};

  SystolicElement(const sc_core::sc_module_name& name, std::int64_t row, std::int64_t column);

  void begin_layer(const Program& program, const SystolicRoles& roles);
  void count_into(stats::LayerStats& stats) const;
  std::int64_t gated_macs() const { return gated_; }
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  void run_step();
  void take_stationary(const Flow& left, const Flow& top);
  void add_to_passing(const Flow& left, const Flow& above);
  void add_to_stationary(const Flow& left, const Flow& top, const Flow& above);
  void move_down(const Flow& above);
  Word product(const Flow& left, const Word& other);

  std::int64_t row_, column_;
  const Program* program_ = nullptr;
  SystolicRoles roles_{};
  std::optional<Word> stationary_, next_;  ///< operand, of this fold and of the next
  Word sum_;                               ///< psum of this fold
  Flow leaving_;                           ///< psum on its way down
  std::int64_t moved_ = 0;                 ///< steps that psums have moved down in
  bool is_busy_ = false;                   ///< it made a MAC in the last step
  std::int64_t macs_ = 0, gated_ = 0, stationary_words_ = 0;
  std::int64_t left_hops_ = 0, top_hops_ = 0, psum_hops_ = 0;
};

}  // namespace weir::ports
