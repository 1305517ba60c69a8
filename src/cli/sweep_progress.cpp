#include "cli/sweep_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/progress.h"

namespace weir::cli {

namespace {

constexpr auto kRedraw = std::chrono::milliseconds(200);

}  // namespace

PreparationProgress::~PreparationProgress() {
  if (drawn_once_) fmt::print(stderr, "\r\033[K");
}

void PreparationProgress::update(const sweep::Preparation& now) {
  const auto time = Clock::now();
  if (!shown_ || time - drawn_ < kRedraw) return;
  drawn_ = time;
  drawn_once_ = true;
  fmt::print(stderr, "\rpreparing: {} of {} points of the grid looked at, {} chosen\033[K", now.looked_at,
             now.most, now.points);
  std::fflush(stderr);
}

SweepProgress::~SweepProgress() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void SweepProgress::update(const sweep::SweepState& state) {
  constexpr int kCells = 16;
  const auto now = Clock::now();
  if (!shown_ || state.layers_todo == 0 || now - drawn_ < kRedraw) return;
  drawn_ = now;
  const auto layers = static_cast<double>(state.layers_done);
  const double done = layers / static_cast<double>(state.layers_todo);
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double rate = layers / std::max(elapsed, 1e-3);
  const int filled = static_cast<int>(done * kCells);
  const std::string left = state.layers_done > 0 ? clock_time(elapsed * (1 - done) / done) + " left" : "";
  const std::string best =
      state.best ? fmt::format(", best {:.4g} {} (point {})", *state.best, unit_, state.best_point) : "";
  fmt::print(stderr, "\r[{:#<{}}{:-<{}}] {}/{} layers, {:.1f}/s, {}, {} failed{}\033[K", "", filled, "",
             kCells - filled, state.layers_done, state.layers_todo, rate, left, state.points_failed, best);
  std::fflush(stderr);
}

}  // namespace weir::cli
