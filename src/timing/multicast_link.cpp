#include "timing/multicast_link.h"

#include <algorithm>

namespace weir::timing {

MulticastLink::MulticastLink(std::int64_t words_per_cycle, std::int64_t port_words, std::int64_t pes)
    : words_per_cycle_(words_per_cycle),
      port_words_(port_words),
      ports_(static_cast<std::size_t>(pes), Port{BoundedStore(port_words)}),
      sent_in_cycle_(words_per_cycle) {}

void MulticastLink::reset() {
  std::fill(ports_.begin(), ports_.end(), Port{BoundedStore(port_words_)});
  cycle_ = -1;
  sent_in_cycle_ = words_per_cycle_;
  busy_ = words_sent_ = words_received_ = 0;
}

void MulticastLink::send(const Delivery& delivery, Cycle gate) {
  for (std::size_t word = 0; word < delivery.words.size(); ++word) {
    const auto first =
        delivery.receivers.begin() + static_cast<std::ptrdiff_t>(delivery.first_receiver[word]);
    const auto last =
        delivery.receivers.begin() + static_cast<std::ptrdiff_t>(delivery.first_receiver[word + 1]);
    Cycle cycle = std::max(cycle_ + (sent_in_cycle_ == words_per_cycle_ ? 1 : 0), gate);
    for (auto pe = first; pe != last; ++pe) cycle = std::max(cycle, port(*pe).store.room_for(1));
    for (auto pe = first; pe != last; ++pe) {
      port(*pe).store.take(1);
      port(*pe).arrived = cycle + 1;
    }
    if (cycle != cycle_) {
      cycle_ = cycle;
      sent_in_cycle_ = 0;
      ++busy_;
    }
    ++sent_in_cycle_;
  }
  words_sent_ += static_cast<std::int64_t>(delivery.words.size());
  words_received_ += static_cast<std::int64_t>(delivery.receivers.size());
}

stats::LinkCycles MulticastLink::link_cycles(Cycle layer_cycles) const {
  return {busy_, cycle_ + 1 - busy_, layer_cycles - (cycle_ + 1)};
}

}  // namespace weir::timing
