#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "timing/totals.h"

namespace weir::timing {

/// Remembers what boxes of steps (StepCursor) came to: from which state of the array to which, and what was
/// done in between. States are words, relative to when and where they are, so that equal words mean an equal
/// future.
class Replay {
 public:
  using State = std::vector<std::int64_t>;
  struct Outcome {
    State exit;
    Totals done;
  };

  explicit Replay(std::size_t most_bytes = kMostBytes) : most_bytes_(most_bytes) {}

  /// What a box with this description and entry state came to; nullptr when it is new.
  const Outcome* find(std::size_t box, const State& entry);
  /// Remembers an outcome, unless there is no more room.
  void add(const State& entry, Outcome outcome);
  /// Whether looking for this box may pay: not when it was always new.
  bool may_know(std::size_t box) const;

  /// Boxes that were not simulated, and the steps in them.
  std::int64_t boxes_replayed = 0;
  std::int64_t steps_replayed = 0;

 private:
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;
  struct Hash {
    std::size_t operator()(const State& state) const;
  };
  struct Luck {
    std::int64_t asked = 0, known = 0;
  };

  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::unordered_map<State, Outcome, Hash> outcomes_;
  std::vector<Luck> luck_;  ///< by box
};

}  // namespace weir::timing
