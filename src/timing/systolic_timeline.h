#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "accelerator/accelerator.h"
#include "base/dimension.h"
#include "stats/layer_stats.h"
#include "timing/cycle.h"

namespace weir::timing {

/// What a systolic array does between two changes of its stationary words, as far as time depends on it.
struct Fold {
  std::int64_t rows = 1;     ///< used
  std::int64_t columns = 1;  ///< used
  std::int64_t stream = 1;   ///< words that pass through a PE
  bool reads_psums = false;  ///< its outputs are added to psums that the buffer holds
  friend bool operator==(const Fold&, const Fold&) = default;
};

/// The time that a systolic array takes for a sequence of folds (docs/timing-model.md section 12). The array
/// advances in steps, one cycle each where every link can send what the step needs, and more where not: it
/// stalls as a whole.
///
/// What a link has to send in a step is a sum of skewed bursts: lane j (a row or a column) starts j steps
/// after the first, so that the words a step grow by one a step, stay, and fall again. Time is worked out
/// from one change of slope to the next.
class SystolicTimeline {
 public:
  SystolicTimeline(const Accelerator& accelerator, Tensor stationary);

  /// Begins the next fold. No word of it is sent before the cycle `gate`; waiting for that is waiting for
  /// weights if `for_weights`, else for the ifmap.
  void begin(const Fold& fold, Cycle gate, bool for_weights);
  /// When the stationary words of the fold begun last have left for the array.
  Cycle stationary_sent();
  /// When all folds begun so far are done.
  Cycle done() const;

  /// Lets the array finish and idle until `end`, not before done(), and says what its PEs and links did. MACs
  /// are not told from gated ones.
  void finish(Cycle end, stats::LayerStats& stats);

 private:
  using Step = std::int64_t;
  enum : std::size_t { kIfmap, kWeight, kPsumIn, kPsumOut, kNetworks };
  static constexpr std::int64_t kNever = std::int64_t{1} << 62;

  struct LinkState {
    std::int64_t words_per_cycle = 1;
    std::int64_t words = 0;  ///< sent in the step before
    std::int64_t slope = 0;  ///< by which they grow from step to step
    std::int64_t busy = 0;
    Cycle sent_until = 0;

    std::int64_t cycles_for(std::int64_t count) const {
      return (count + words_per_cycle - 1) / words_per_cycle;
    }
  };
  struct Change {
    Step step;
    std::size_t link;
    std::int64_t slope;
  };
  /// The steps that count as a fold's: from its beginning to the next one's.
  struct Interval {
    Fold fold;
    Step begin = 0;
    Step explained = 0;  ///< of them, those whose state is known
  };

  /// `lanes` neighbours send `words` each, a word a step, the first from `from` on and each a step later than
  /// the one before.
  void add_burst(std::size_t link, Step from, std::int64_t lanes, std::int64_t words);
  /// The outputs, out of the bottom from `from` on; with them the psums that they are added to.
  void add_outputs(const Fold& fold, Step from, std::int64_t words);
  void add_change(const Change& change);
  /// Goes on to `step`, or only to the first step that begins at or after `until`.
  void advance(Step step, Cycle until = kNever);
  void run_level(std::int64_t steps);
  void run_unstalled(std::int64_t steps);
  void run_one();

  /// A fold that nothing overlaps with, from its beginning at 0.
  struct Alone {
    Fold fold;
    Cycle cycles = 0;
    Cycle loaded = 0;  ///< when its stationary words have left
    stats::PeCycles states;
    std::array<std::int64_t, kNetworks> busy{};
    std::array<Cycle, kNetworks> sent_until{};
  };
  const Alone& alone(const Fold& fold);
  /// Begins a fold when all before are done.
  void append(const Fold& fold, Cycle gate, stats::PeState waits);

  /// Where the fold can begin at the earliest, with everything before that counted.
  Step next_begin(const Fold& fold);
  void begin_after_load(const Fold& fold, Step load);
  void begin_at_once(const Fold& fold, Step stream);
  void explain(stats::PeState state, std::int64_t steps);
  void close(Step end);

  Accelerator accelerator_;
  std::int64_t rows_, columns_;
  Tensor stationary_;
  std::array<LinkState, kNetworks> links_;
  std::vector<Change> changes_;  ///< to come, the next one last

  Step at_ = 0;    ///< the next step
  Cycle now_ = 0;  ///< when it begins

  bool begun_ = false;
  Fold last_;        ///< begun last
  Step load_ = 0;    ///< when its stationary words began to enter
  Step stream_ = 0;  ///< when its stream did
  Step end_ = 0;     ///< when it is done
  Interval open_;
  std::optional<Interval> coming_;
  std::vector<Alone> known_;  ///< where folds do not overlap
  Cycle loaded_ = 0;          ///< likewise, of the fold begun last
  stats::PeCycles cycles_;
  std::array<std::int64_t, kNetworks> stalls_{};  ///< cycles of the open interval
};

}  // namespace weir::timing
