#include "ports/links.h"

#include <stdexcept>

namespace weir::ports {

void PsumPort::begin_layer(std::int64_t words, const sc_core::sc_time& cycle) {
  room_ = words;
  taken_ = leaving_ = 0;
  leaving_cycle_ = 0;
  start_ = sc_core::sc_time_stamp();
  cycle_ = cycle;
  words_.clear();
}

bool PsumPort::has_room(std::int64_t words) const {
  const std::int64_t left = present_cycle() > leaving_cycle_ ? leaving_ : 0;
  return taken_ - left + words <= room_;
}

void PsumPort::send(const Word& word) { words_.push_back({present_cycle(), word}); }

bool PsumPort::has_words(std::int64_t words) const {
  const auto last = static_cast<std::size_t>(words - 1);
  return words_.size() > last && words_[last].cycle < present_cycle();
}

Word PsumPort::take() {
  if (!has_words(1)) throw std::logic_error("a psum is taken before it has come");
  const Word word = words_.front().word;
  words_.pop_front();
  return word;
}

void PsumPort::end_burst(std::int64_t words) {
  taken_ -= leaving_;  // of an earlier cycle: a burst takes a cycle at least
  leaving_ = words;
  leaving_cycle_ = present_cycle();
}

}  // namespace weir::ports
