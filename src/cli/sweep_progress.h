#pragma once

#include <chrono>
#include <string>

#include "sweep/run.h"

namespace weir::cli {

/// How many points were looked at, on stderr; nothing at all when it is not shown, or soon done.
class PreparationProgress {
 public:
  explicit PreparationProgress(bool shown) : shown_(shown) {}
  ~PreparationProgress();
  PreparationProgress(const PreparationProgress&) = delete;
  PreparationProgress& operator=(const PreparationProgress&) = delete;

  void update(const sweep::Preparation& now);

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_, drawn_once_ = false;
  Clock::time_point drawn_ = Clock::now();
};

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
