#include "reference/psum_network.h"

#include <utility>

namespace weir::reference {

PsumNetwork::PsumNetwork(Direction direction, std::int64_t words_per_cycle, std::vector<PsumBurst> bursts,
                         BufferedPsums& buffer, MayBegin may_begin)
    : direction_(direction),
      words_per_cycle_(words_per_cycle),
      bursts_(std::move(bursts)),
      buffer_(buffer),
      may_begin_(std::move(may_begin)) {}

// Psum-out: the whole burst is in the port, that is, the top's accumulation has ended.
bool PsumNetwork::port_is_ready(const PsumBurst& burst) const {
  if (direction_ == Direction::kIn) return burst.port->has_room_for(burst.visit);
  return burst.port->waiting(burst.visit) == static_cast<std::int64_t>(burst.psums.size());
}

void PsumNetwork::decide() {
  if (working_ || finished()) return;
  const PsumBurst& burst = bursts_[next_];
  if (!may_begin_(burst) || !port_is_ready(burst)) return;
  if (direction_ == Direction::kIn) burst.port->reserve(burst.visit);
  working_ = true;
  moved_ = 0;
}

void PsumNetwork::move_word(const PsumBurst& burst) {
  if (direction_ == Direction::kIn) {
    const Word& psum = burst.psums[moved_];
    // Before any psum has been written, the buffer holds zeros as initial psums.
    burst.port->push(burst.visit, burst.earlier_burst < 0 ? 0 : buffer_.at(psum));
  } else {
    taken_.push_back(burst.port->pop(burst.visit));
  }
  ++moved_;
  ++words_;
}

// Psum-out: only now are the psums in the buffer, and is the port's room free.
void PsumNetwork::end_burst(const PsumBurst& burst) {
  if (direction_ == Direction::kOut) {
    for (std::size_t i = 0; i < taken_.size(); ++i) buffer_[burst.psums[i]] = taken_[i];
    taken_.clear();
    burst.port->release(burst.visit);
  }
  working_ = false;
  ++next_;
}

void PsumNetwork::advance() {
  if (!working_) return;
  ++busy_cycles_;
  const PsumBurst& burst = bursts_[next_];
  for (std::int64_t i = 0; i < words_per_cycle_ && moved_ < burst.psums.size(); ++i) move_word(burst);
  if (moved_ == burst.psums.size()) end_burst(burst);
}

}  // namespace weir::reference
