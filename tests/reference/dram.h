#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <vector>

#include "reference/schedule.h"

namespace weir::reference {

// The link to DRAM and what it holds back (section 7). Hidden (overlap `processing`), it holds back nothing.
class Dram {
 public:
  Dram(const NestSpec& nest, const MachineSpec& machine, const std::vector<BufferTile>& tiles,
       const std::vector<Delivery>& weight_deliveries, std::int64_t steps);

  // Counts all words and busy cycles of DRAM, and the buffer's words on this side; known without any timing.
  void count(Result& result) const;
  // Cycles in which the link sends so many words.
  std::int64_t busy_cycles(std::int64_t words) const;

  // The first step of the tile that is moved in next, -1 if there is none; array_drained: all PEs and
  // psum-out bursts have finished what comes before it.
  std::int64_t next_boundary() const;
  void decide(bool array_drained);
  void advance();
  bool working() const { return working_; }
  // Nothing is left to move; hidden transfers are nobody's business.
  bool finished() const { return machine_.dram_hidden || moves_done_ == moves_.size(); }

  // May words of that step be sent at all; are its new weights in the prefetch banks.
  bool allows(std::int64_t step) const;
  bool weights_here(std::int64_t step) const;
  // In this cycle the last new weight of a step was sent: from the next cycle on there is room for another's.
  void weights_sent();

 private:
  struct Transfer {
    std::int64_t cycles_left;
    bool completes_move = false;     // at its end a tile may be worked on
    std::int64_t weights_step = -1;  // at its end that step's weights are here
  };
  struct Move {
    std::int64_t first_step, drain, load;  // the step that waits for it; words
  };
  struct WeightStep {
    std::int64_t step, words;
  };

  std::int64_t transfer_cycles(std::int64_t words) const;
  std::int64_t fetched_words(const BufferTile& tile) const;
  void request_move();
  void request_weights();

  const MachineSpec& machine_;
  const std::vector<BufferTile>& tiles_;
  bool weights_in_buffer_;
  std::vector<WeightStep> weight_steps_;          // steps with weights to prefetch
  std::vector<Move> moves_;                       // before tiles, and the last drain
  std::size_t next_move_ = 0, next_weights_ = 0;  // to be requested
  std::size_t moves_done_ = 0;
  std::deque<Transfer> queue_;
  bool working_ = false;  // on the front one
  std::set<std::int64_t> weights_ready_;
};

}  // namespace weir::reference
