#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "reference/nest.h"
#include "reference/psum_port.h"

namespace weir::reference {

// One chain's psums of one visit on their way between the buffer and a port of a PE.
struct PsumBurst {
  std::int64_t visit;
  std::int64_t first_step, last_step;  // of the visit
  std::vector<Word> psums;
  PsumPort* port;
  std::int64_t earlier_burst = -1;  // of psum-out: the one that wrote the same psums last; -1: none
};

using BufferedPsums = std::map<Word, std::uint32_t>;

// The psum-in or the psum-out network: one burst after the other, in their order (section 5).
class PsumNetwork {
 public:
  enum class Direction { kIn, kOut };
  using MayBegin = std::function<bool(const PsumBurst& burst)>;

  PsumNetwork(Direction direction, std::int64_t words_per_cycle, std::vector<PsumBurst> bursts,
              BufferedPsums& buffer, MayBegin may_begin);

  void decide();
  void advance();
  bool working() const { return working_; }
  bool finished() const { return next_ == bursts_.size(); }
  // Burst number `burst` (true for -1), or all bursts of visits that end before that step, have ended.
  bool has_ended(std::int64_t burst) const { return burst < static_cast<std::int64_t>(next_); }
  bool drained_before(std::int64_t step) const { return finished() || bursts_[next_].last_step >= step; }

  std::int64_t words() const { return words_; }
  std::int64_t busy_cycles() const { return busy_cycles_; }

 private:
  bool port_is_ready(const PsumBurst& burst) const;
  void move_word(const PsumBurst& burst);
  void end_burst(const PsumBurst& burst);

  Direction direction_;
  std::int64_t words_per_cycle_;
  std::vector<PsumBurst> bursts_;
  BufferedPsums& buffer_;
  MayBegin may_begin_;
  std::size_t next_ = 0;  // the burst under way, or the next one
  bool working_ = false;
  std::size_t moved_ = 0;             // words of it
  std::vector<std::uint32_t> taken_;  // psum-out: values of the burst under way
  std::int64_t words_ = 0, busy_cycles_ = 0;
};

}  // namespace weir::reference
