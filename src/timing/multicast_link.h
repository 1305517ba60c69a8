#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mapping/delivery.h"
#include "stats/layer_stats.h"
#include "timing/bounded_store.h"
#include "timing/totals.h"

namespace weir::timing {

/// When a network from the global buffer to the PEs sends what. It sends words in order, a few a cycle, each
/// to all its receivers in one cycle; a word waits until every receiver has room (docs/timing-model.md
/// section 2).
class MulticastLink {
 public:
  MulticastLink(std::int64_t words_per_cycle, std::int64_t pes);

  /// Nothing sent yet, all ports empty. `port_words`: room of each PE's port, its register file and the FIFO
  /// in front of it.
  void reset(std::int64_t port_words);

  /// Sends a delivery's words, none before `gate`.
  void send(const Delivery& delivery, Cycle gate);
  /// A PE gives up words that its last window used.
  void release(std::int64_t pe, std::int64_t words, Cycle time) { port(pe).store.give_back(words, time); }
  /// One past the cycle of the last word sent: nothing is sent any more before.
  Cycle sent_until() const { return last_.cycle + 1; }

  /// The room that a PE has for words, and when the last word sent to it has arrived.
  struct Port {
    BoundedStore store;
    Cycle arrived = 0;
  };
  Port& port(std::int64_t pe) { return ports_[static_cast<std::size_t>(pe)]; }
  const Port& port(std::int64_t pe) const { return ports_[static_cast<std::size_t>(pe)]; }
  /// The cycle of the last word sent, and how many were sent in it.
  struct Last {
    Cycle cycle = -1;
    std::int64_t words = 0;
  };
  const Last& last() const { return last_; }
  void set_last(const Last& last) { last_ = last; }
  bool last_cycle_is_full() const { return last_.words == words_per_cycle_; }
  std::int64_t words_per_cycle() const { return words_per_cycle_; }

  stats::LinkCycles link_cycles(Cycle layer_cycles) const;

  LinkTotals totals;

 private:
  /// Sends words, each to all of these PEs.
  void send(std::int64_t words, std::span<const std::int32_t> pes, Cycle gate);

  std::int64_t words_per_cycle_;
  std::vector<Port> ports_;
  Last last_;
};

}  // namespace weir::timing
