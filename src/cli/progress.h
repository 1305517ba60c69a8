#pragma once

#include <chrono>
#include <string>

namespace weir::cli {

/// 0:42, or 1:02:03.
std::string clock_time(double seconds);

/// A bar on stderr with the elapsed and the remaining time; nothing at all when it is not shown.
class Progress {
 public:
  /// `total` is the work of all layers together.
  Progress(bool shown, double total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Ends the layer before and starts one of the given work.
  void begin(const std::string& layer, double work);
  /// The fraction of the present layer that is done.
  void update(double fraction);

 private:
  using Clock = std::chrono::steady_clock;
  void draw(double done) const;

  bool shown_;
  double total_;
  double before_ = 0;  ///< work of the finished layers
  double work_ = 0;    ///< of the present one
  std::string layer_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_{};
};

}  // namespace weir::cli
