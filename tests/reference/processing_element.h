#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "reference/operand_store.h"
#include "reference/psum_port.h"

namespace weir::reference {

enum class PeState {
  kMac,
  kGatedMac,
  kPsumAccumulate,
  kWaitIfmap,
  kWaitWeight,
  kWaitPsum,
  kWaitOutputSpace,
  kFillDrain,
  kUnmapped
};

// One PE: it works through its windows and accumulations in order, one MAC or one psum a cycle (sections 3
// and 4).
class ProcessingElement {
 public:
  ProcessingElement(const LayerShape& shape, const MachineSpec& machine, Result& result);

  OperandStore ifmap, weights;
  PsumPort psum_in, neighbour, psum_out;

  // Set-up, in order. The source may be null: psums from nowhere. to_neighbour: the target is one.
  void add_window(std::int64_t step, const std::vector<Mac>& macs);
  void add_accumulation(std::int64_t visit, std::int64_t last_step, const Words& psums, PsumPort* source,
                        PsumPort* target, bool to_neighbour);

  // At the beginning of a cycle, before all else: windows without MACs, whose words are all here, are over.
  void settle();
  // At the beginning of a cycle: begin what can begin. At its end: the cycle's work is done.
  void decide();
  void advance();

  bool working() const { return working_; }
  bool finished() const { return next_ == tasks_.size(); }
  bool finished_before(std::int64_t step) const;
  bool waits_for_window() const;
  std::int64_t current_step() const { return tasks_[next_].step; }

  // The state of section 8, after decide(). active_before: this PE was active in the step before that of the
  // window it waits for (or in the last step, if it has finished); array_finished: all PEs have finished that
  // step.
  PeState state(bool active_before, bool array_finished) const;

 private:
  enum class Kind { kWindow, kAccumulation };
  struct Task {
    Kind kind;
    std::int64_t step;  // an accumulation belongs to the last step of its visit
    std::int64_t cycles;
    std::vector<Mac> macs = {};
    std::int64_t visit = 0;
    std::vector<Word> psums = {};
    PsumPort* source = nullptr;
    PsumPort* target = nullptr;
    bool to_neighbour = false;
  };

  bool has_input(const Task& task) const;
  bool is_gated(const Mac& mac) const;
  void do_mac(const Mac& mac);
  void do_accumulate(const Task& task);

  const LayerShape& shape_;
  const MachineSpec& machine_;
  Result& result_;
  std::vector<Task> tasks_;
  std::size_t next_ = 0;      // the task at work, or the one to begin next
  bool working_ = false;      // on tasks_[next_]
  std::int64_t elapsed_ = 0;  // cycles done of it
  std::map<Word, std::uint32_t> psum_register_file_;
};

}  // namespace weir::reference
