#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <systemc>
#include <vector>

#include "ports/buffer_port.h"
#include "ports/flow.h"
#include "ports/fold.h"
#include "stats/layer_stats.h"

namespace weir::ports {

/// The pace of a link that has some words to send in each step of the array, and holds it up until it has.
class StepLink {
 public:
  explicit StepLink(std::int64_t words_per_cycle) : words_per_cycle_(words_per_cycle) {}

  void begin_layer(std::int64_t words);
  void begin_step(std::int64_t words) { step_words_ = left_in_step_ = words; }
  /// Words that it sends in this cycle.
  std::int64_t run_cycle();
  bool step_done() const { return left_in_step_ == 0; }
  std::int64_t cycles_needed() const { return (step_words_ + words_per_cycle_ - 1) / words_per_cycle_; }
  const bool& is_busy() const { return is_busy_; }
  const stats::LinkCycles& cycles() const { return cycles_; }
  std::int64_t sent() const { return sent_; }

 private:
  std::int64_t words_per_cycle_;
  std::int64_t left_ = 0;  ///< of the layer
  std::int64_t step_words_ = 0, left_in_step_ = 0, sent_ = 0;
  bool is_busy_ = false;
  stats::LinkCycles cycles_;
};

/// From the buffer to an edge of the array, skewed: each row, or column, a step behind the one before.
class EdgeFeeder : public sc_core::sc_module, public FoldListener {
 public:
  SC_HAS_PROCESS(EdgeFeeder);

  sc_core::sc_in<bool> send{"send"};
  sc_core::sc_in<std::int64_t> step{"step"};
  sc_core::sc_port<OperandReader> buffer_in{"buffer_in"};
  sc_core::sc_port<FlowWriter, 0> left_out{"left_out"}, top_out{"top_out"};  ///< by row, by column
  sc_core::sc_out<bool> step_done{"step_done"};

  EdgeFeeder(const sc_core::sc_module_name& name, Tensor tensor, std::int64_t words_per_cycle);

  void begin_layer(const Program& program, const SystolicRoles& roles);
  void begin_fold(const Fold& fold) override { folds_.push_back(fold); }
  std::int64_t cycles_needed() const override { return link_.cycles_needed(); }
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  struct Entry {
    std::int64_t edge;
    Flow flow;
  };
  void run_cycle();
  void plan_step();

  Tensor tensor_;
  StepLink link_;
  const Program* program_ = nullptr;
  bool feeds_left_ = false;
  std::deque<Fold> folds_;  ///< that have begun
  std::int64_t planned_ = -1;
  std::vector<Entry> entries_;  ///< of the step
  std::size_t entry_ = 0;
};

/// Psums from the buffer to the adders below the array, in the step in which the sums arrive there.
class BottomFeeder : public sc_core::sc_module, public FoldListener {
 public:
  SC_HAS_PROCESS(BottomFeeder);

  sc_core::sc_in<bool> send{"send"};
  sc_core::sc_in<std::int64_t> step{"step"};
  sc_core::sc_port<PsumStore> buffer_in{"buffer_in"};
  sc_core::sc_port<FlowWriter, 0> columns_out{"columns_out"};
  sc_core::sc_out<bool> step_done{"step_done"};

  BottomFeeder(const sc_core::sc_module_name& name, std::int64_t words_per_cycle);

  void begin_layer(const Program& program, const SystolicRoles& roles);
  void begin_fold(const Fold& fold) override { folds_.push_back(fold); }
  std::int64_t cycles_needed() const override { return link_.cycles_needed(); }
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  void run_cycle();
  void plan_step();

  StepLink link_;
  const Program* program_ = nullptr;
  std::deque<Fold> folds_;
  std::int64_t planned_ = -1;
  std::vector<Fold::Leaving> entries_;
  std::size_t entry_ = 0;
};

/// The adders below the array, and the link from them to the buffer.
class BottomCollector : public sc_core::sc_module, public FoldListener, public ColumnEnd {
 public:
  SC_HAS_PROCESS(BottomCollector);

  sc_core::sc_in<bool> send{"send"};
  sc_core::sc_in<std::int64_t> step{"step"};
  sc_core::sc_port<FlowReader, 0> columns_in{"columns_in"};  ///< psums of the buffer
  sc_core::sc_port<PsumStore> buffer_out{"buffer_out"};
  sc_core::sc_out<bool> step_done{"step_done"};

  BottomCollector(const sc_core::sc_module_name& name, std::int64_t words_per_cycle);

  void begin_layer(const Program& program, const SystolicRoles& roles);
  void begin_fold(const Fold& fold) override { folds_.push_back(fold); }
  std::int64_t cycles_needed() const override { return link_.cycles_needed(); }
  void leave(std::int64_t column, const Word& psum) override;
  void count_into(stats::LayerStats& stats) const;
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  struct Expected {
    Address address;
    bool adds, is_finished;
  };
  void run_cycle();
  void plan_step();

  StepLink link_;
  const Program* program_ = nullptr;
  std::deque<Fold> folds_;
  std::int64_t planned_ = -1;
  std::vector<std::optional<Expected>> expected_;  ///< by column, in this step
};

}  // namespace weir::ports
