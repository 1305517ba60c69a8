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
  for (const Delivery::Run& run : delivery.runs) send(run.words, delivery.to(run), gate);
  totals.words += static_cast<std::int64_t>(delivery.words.size());
  totals.received += delivery.received;
}

void MulticastLink::send(std::int64_t words, std::span<const std::int32_t> pes, Cycle gate) {
  while (words > 0) {
    const Cycle earliest = std::max(last_.cycle + (last_cycle_is_full() ? 1 : 0), gate);
    Cycle cycle = earliest;
    std::int64_t count = words;  // that go without a pause: all have room at the first one's time
    for (const std::int32_t pe : pes) {
      BoundedStore& store = port(pe).store;
      store.pass(earliest);
      cycle = std::max(cycle, store.room_for(1));
      count = std::min(count, store.room());
    }
    if (cycle != last_.cycle) {
      last_ = {cycle, 0};
      ++totals.busy;
    }
    last_.words += count;
    if (last_.words > words_per_cycle_) {
      const std::int64_t more = (last_.words - 1) / words_per_cycle_;
      last_ = {cycle + more, last_.words - more * words_per_cycle_};
      totals.busy += more;
    }
    for (const std::int32_t pe : pes) {
      port(pe).store.take(count);
      port(pe).arrived = last_.cycle + 1;
    }
    words -= count;
  }
}

stats::LinkCycles MulticastLink::link_cycles(Cycle layer_cycles) const {
  return {totals.busy, sent_until() - totals.busy, layer_cycles - sent_until()};
}

}  // namespace weir::timing
