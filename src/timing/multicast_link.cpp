#include "timing/multicast_link.h"

#include <algorithm>

namespace weir::timing {

MulticastLink::MulticastLink(std::int64_t words_per_cycle, std::int64_t pes)
    : words_per_cycle_(words_per_cycle),
      ports_(static_cast<std::size_t>(pes), Port{BoundedStore(0)}),
      last_{-1, words_per_cycle} {}

void MulticastLink::reset(std::int64_t port_words) {
  std::fill(ports_.begin(), ports_.end(), Port{BoundedStore(port_words)});
  last_ = {-1, words_per_cycle_};
  totals = {};
}

void MulticastLink::send(const Delivery& delivery, Cycle gate) {
  for (std::size_t word = 0; word < delivery.words.size(); ++word) {
    const auto first =
        delivery.receivers.begin() + static_cast<std::ptrdiff_t>(delivery.first_receiver[word]);
    const auto last =
        delivery.receivers.begin() + static_cast<std::ptrdiff_t>(delivery.first_receiver[word + 1]);
    Cycle cycle = std::max(last_.cycle + (last_.words == words_per_cycle_ ? 1 : 0), gate);
    for (auto pe = first; pe != last; ++pe) cycle = std::max(cycle, port(*pe).store.room_for(1));
    for (auto pe = first; pe != last; ++pe) {
      port(*pe).store.take(1);
      port(*pe).arrived = cycle + 1;
    }
    if (cycle != last_.cycle) {
      last_ = {cycle, 0};
      ++totals.busy;
    }
    ++last_.words;
  }
  totals.words += static_cast<std::int64_t>(delivery.words.size());
  totals.received += static_cast<std::int64_t>(delivery.receivers.size());
}

stats::LinkCycles MulticastLink::link_cycles(Cycle layer_cycles) const {
  return {totals.busy, sent_until() - totals.busy, layer_cycles - sent_until()};
}

}  // namespace weir::timing
