#pragma once

#include <chrono>
#include <string>

#include "sweep/run.h"

namespace weir::cli {

/// A bar on stderr: layers done, rate, remaining time, failures, the best point so far; nothing at all when
/// it is not shown.
class SweepProgress {
 public:
  /// `unit` is the best point's.
  SweepProgress(bool shown, std::string unit) : shown_(shown), unit_(std::move(unit)) {}
  ~SweepProgress();
  SweepProgress(const SweepProgress&) = delete;
  SweepProgress& operator=(const SweepProgress&) = delete;

  void update(const sweep::SweepState& state);

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_;
  std::string unit_;
  Clock::time_point start_ = Clock::now(), drawn_{};
};

}  // namespace weir::cli
