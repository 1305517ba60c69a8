#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace weir::cli {
std::string clock_time(double seconds) {
  const auto whole = static_cast<long>(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

Progress::Progress(bool shown, double total) : shown_(shown), total_(total) {}

Progress::~Progress() {
  constexpr auto kClearLine = "\r\033[K";
  if (shown_) fmt::print(stderr, kClearLine);
}

void Progress::begin(const std::string& layer, double work) {
  before_ += work_;
  work_ = work;
  layer_ = layer;
  update(0);
}

void Progress::update(double fraction) {
  constexpr auto kRedraw = std::chrono::milliseconds(100);
  if (!shown_) return;
  const auto now = Clock::now();
  if (now - drawn_ < kRedraw) return;
  drawn_ = now;
  draw(std::clamp((before_ + fraction * work_) / total_, 0.0, 1.0));
}

void Progress::draw(double done) const {
  constexpr int kCells = 24;
  const int filled = static_cast<int>(done * kCells);
  const double elapsed = std::chrono::duration<double>(drawn_ - start_).count();
  const std::string left = done > 0.01 ? clock_time(elapsed * (1 - done) / done) + " left" : "";
  fmt::print(stderr, "\r[{:#<{}}{:-<{}}] {:3.0f} %  {} elapsed  {:10} {:.24}\033[K", "", filled, "",
             kCells - filled, 100 * done, clock_time(elapsed), left, layer_);
  std::fflush(stderr);
}

}  // namespace weir::cli
