#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "timing/cycle.h"

namespace weir::timing {

/// Room for a number of words that are taken in and given back in order. It tells from when on the next words
/// find room, so that a writer may run ahead of the kernel's time and yet never overfill it.
class BoundedStore {
 public:
  explicit BoundedStore(std::int64_t capacity) : capacity_(capacity) {}

  /// Empty again, at time 0.
  void reset() { *this = BoundedStore(capacity_); }

  /// The time from which `words` more find room. What must leave before has to be known: give_back() comes
  /// first.
  Cycle room_for(std::int64_t words) {
    const std::int64_t needed = taken_ + words - capacity_;
    while (returned_ < needed) {
      if (next_ == returns_.size()) throw std::logic_error("a store waits for room that nothing gives back");
      returned_ += returns_[next_].words;
      time_ = returns_[next_].time;
      ++next_;
    }
    return time_;
  }
  void take(std::int64_t words) { taken_ += words; }
  /// `words` leave at `time`; times never decrease.
  void give_back(std::int64_t words, Cycle time) {
    if (next_ == returns_.size() || next_ >= kForgetAt) {
      returns_.erase(returns_.begin(), returns_.begin() + static_cast<std::ptrdiff_t>(next_));
      next_ = 0;
    }
    returns_.push_back({words, time});
  }

 private:
  struct Return {
    std::int64_t words;
    Cycle time;
  };
  static constexpr std::size_t kForgetAt = 32;

  std::int64_t capacity_;
  std::int64_t taken_ = 0;
  std::int64_t returned_ = 0;
  Cycle time_ = 0;
  std::vector<Return> returns_;  ///< those before next_ are done with
  std::size_t next_ = 0;
};

}  // namespace weir::timing
