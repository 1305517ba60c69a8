#pragma once

#include <cstdint>
#include <vector>

#include "mapping/delivery.h"
#include "stats/layer_stats.h"
#include "timing/bounded_store.h"

namespace weir::timing {

/// When a network from the global buffer to the PEs sends what. It sends words in order, a few a cycle, each
/// to all its receivers in one cycle; a word waits until every receiver has room (docs/timing-model.md
/// section 2).
class MulticastLink {
 public:
  /// `port_words`: room of each PE's port, its register file and the FIFO in front of it.
  MulticastLink(std::int64_t words_per_cycle, std::int64_t port_words, std::int64_t pes);

  /// Nothing sent yet, all ports empty.
  void reset();

  /// Sends a delivery's words, none before `gate`.
  void send(const Delivery& delivery, Cycle gate);
  /// A PE gives up words that its last window used.
  void release(std::int64_t pe, std::int64_t words, Cycle time) { port(pe).store.give_back(words, time); }
  /// When the last word sent to a PE has arrived there.
  Cycle arrived(std::int64_t pe) const { return ports_[static_cast<std::size_t>(pe)].arrived; }
  /// One past the cycle of the last word sent: nothing is sent any more before.
  Cycle sent_until() const { return cycle_ + 1; }

  std::int64_t words_sent() const { return words_sent_; }
  std::int64_t words_received() const { return words_received_; }
  stats::LinkCycles link_cycles(Cycle layer_cycles) const;

 private:
  struct Port {
    BoundedStore store;
    Cycle arrived = 0;
  };
  Port& port(std::int64_t pe) { return ports_[static_cast<std::size_t>(pe)]; }

  std::int64_t words_per_cycle_;
  std::int64_t port_words_;
  std::vector<Port> ports_;
  Cycle cycle_ = -1;  ///< of the last word sent
  std::int64_t sent_in_cycle_;
  std::int64_t busy_ = 0;
  std::int64_t words_sent_ = 0;
  std::int64_t words_received_ = 0;
};

}  // namespace weir::timing
