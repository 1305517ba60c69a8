#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
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
  /// Nothing is taken before `time` any more: what leaves until then is as good as gone.
  void pass(Cycle time) {
    for (; next_ < returns_.size() && returns_[next_].time <= time; ++next_) {
      returned_ += returns_[next_].words;
      time_ = returns_[next_].time;
    }
  }
  /// How many words find room at the time that room_for() told last or pass() was told, whichever is later.
  std::int64_t room() const { return capacity_ - (taken_ - returned_); }
  void take(std::int64_t words) { taken_ += words; }
  /// Its state as words, for all that is to come: what leaves until `forgotten` is as good as gone, and times
  /// count from `zero`.
  void save(Cycle zero, Cycle forgotten, std::vector<std::int64_t>& state) const {
    std::int64_t free = capacity_ - (taken_ - returned_);
    Cycle time = std::max(time_, forgotten);
    std::size_t i = next_;
    for (; i < returns_.size() && returns_[i].time <= time; ++i) free += returns_[i].words;
    const std::size_t begin = state.size();
    const std::size_t count = returns_.size() - i;
    state.resize(begin + 3 + 2 * count);
    std::int64_t* at = state.data() + begin;
    *at++ = free;
    *at++ = time == 0 ? kAlways : time - zero;
    *at++ = static_cast<std::int64_t>(count);
    for (; i < returns_.size(); ++i) {
      *at++ = returns_[i].words;
      *at++ = returns_[i].time - zero;
    }
  }
  /// Takes a state that save() wrote; returns where it ends.
  const std::int64_t* load(Cycle zero, const std::int64_t* state) {
    taken_ = capacity_ - *state++;
    returned_ = 0;
    time_ = *state == kAlways ? 0 : *state + zero;
    ++state;
    returns_.clear();
    next_ = 0;
    for (std::int64_t i = *state++; i > 0; --i, state += 2) returns_.push_back({state[0], state[1] + zero});
    return state;
  }

  /// `words` leave at `time`; times never decrease.
  void give_back(std::int64_t words, Cycle time) {
    if (next_ == returns_.size() || next_ >= kForgetAt) {
      returns_.erase(returns_.begin(), returns_.begin() + static_cast<std::ptrdiff_t>(next_));
      next_ = 0;
    }
    if (next_ < returns_.size() && returns_.back().time == time) {
      returns_.back().words += words;  // the same returns are the same state
    } else {
      returns_.push_back({words, time});
    }
  }

 private:
  struct Return {
    std::int64_t words;
    Cycle time;
  };
  static constexpr std::size_t kForgetAt = 32;
  static constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();  ///< had room from 0 on

  std::int64_t capacity_;
  std::int64_t taken_ = 0;
  std::int64_t returned_ = 0;
  Cycle time_ = 0;
  std::vector<Return> returns_;  ///< those before next_ are done with
  std::size_t next_ = 0;
};

}  // namespace weir::timing
