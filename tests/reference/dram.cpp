#include "reference/dram.h"

namespace weir::reference {

Dram::Dram(const NestSpec& nest, const MachineSpec& machine, const std::vector<BufferTile>& tiles,
           const std::vector<Delivery>& weight_deliveries, std::int64_t steps)
    : machine_(machine), tiles_(tiles), weights_in_buffer_(nest.weights_in_global_buffer) {
  if (!weights_in_buffer_) {
    for (const Delivery& delivery : weight_deliveries) {
      if (weight_steps_.empty() || weight_steps_.back().step != delivery.step) {
        weight_steps_.push_back({delivery.step, 0});
      }
      ++weight_steps_.back().words;
    }
  }
  for (const BufferTile& tile : tiles_) {
    if (tile.psums_drained > 0 || fetched_words(tile) > 0) {
      moves_.push_back({tile.first_step, tile.psums_drained, fetched_words(tile)});
    }
  }
  moves_.push_back({steps, static_cast<std::int64_t>(tiles_.back().psums.size()), 0});
  if (machine_.dram_hidden) return;
  // At time 0 the first tile, unless it is all made on chip, and behind it as many weights as there is room
  // for.
  if (moves_.front().first_step == 0) request_move();
  for (std::int64_t i = 0; i < machine_.prefetched_steps; ++i) request_weights();
}

// ceil(words / rate).
std::int64_t Dram::busy_cycles(std::int64_t words) const {
  const std::int64_t rate = machine_.dram_words_per_1000_cycles;
  return (words * 1000 + rate - 1) / rate;
}

std::int64_t Dram::transfer_cycles(std::int64_t words) const {
  return busy_cycles(words) + machine_.dram_latency_cycles;
}

std::int64_t Dram::fetched_words(const BufferTile& tile) const {
  return (machine_.ifmap_bypasses_buffer ? 0 : tile.new_ifmap - tile.made_ifmap) + tile.psums_returning +
         (weights_in_buffer_ ? tile.new_weights : 0);
}

void Dram::count(Result& result) const {
  const auto drain = [&](std::int64_t words) {
    result.global_buffer.psum.reads += words;
    result.dram.psum.writes += words;
    result.busy.dram += busy_cycles(words);
  };
  for (const BufferTile& tile : tiles_) {
    drain(tile.psums_drained);
    if (!machine_.ifmap_bypasses_buffer) {
      result.dram.ifmap.reads += tile.new_ifmap - tile.made_ifmap;
      result.global_buffer.ifmap.writes += tile.new_ifmap;
    }
    result.dram.psum.reads += tile.psums_returning;
    result.global_buffer.psum.writes += tile.psums_returning;
    if (weights_in_buffer_) {
      result.dram.weight.reads += tile.new_weights;
      result.global_buffer.weight.writes += tile.new_weights;
    }
    result.busy.dram += busy_cycles(fetched_words(tile));
  }
  drain(static_cast<std::int64_t>(tiles_.back().psums.size()));
  for (const WeightStep& weights : weight_steps_) {
    result.dram.weight.reads += weights.words;
    result.global_buffer.weight.writes += weights.words;
    result.busy.dram += busy_cycles(weights.words);
  }
}

// The drain of the tile before, if its psums leave, and the load of this one, if it has new words.
void Dram::request_move() {
  const Move& move = moves_[next_move_++];
  if (move.drain > 0) queue_.push_back({transfer_cycles(move.drain), move.load == 0});
  if (move.load > 0) queue_.push_back({transfer_cycles(move.load), true});
}

void Dram::request_weights() {
  if (next_weights_ == weight_steps_.size()) return;
  const WeightStep& weights = weight_steps_[next_weights_++];
  queue_.push_back({transfer_cycles(weights.words), false, weights.step});
}

std::int64_t Dram::next_boundary() const {
  return machine_.dram_hidden || next_move_ == moves_.size() ? -1 : moves_[next_move_].first_step;
}

void Dram::decide(bool array_drained) {
  if (next_boundary() >= 0 && array_drained) request_move();
  if (!queue_.empty()) working_ = true;
}

void Dram::advance() {
  if (!working_) return;
  Transfer& transfer = queue_.front();
  if (--transfer.cycles_left > 0) return;
  if (transfer.completes_move) ++moves_done_;
  if (transfer.weights_step >= 0) weights_ready_.insert(transfer.weights_step);
  queue_.pop_front();
  working_ = false;
}

bool Dram::allows(std::int64_t step) const {
  return machine_.dram_hidden || moves_done_ == moves_.size() || step < moves_[moves_done_].first_step;
}

bool Dram::weights_here(std::int64_t step) const {
  return machine_.dram_hidden || weights_in_buffer_ || weights_ready_.count(step) > 0;
}

void Dram::weights_sent() {
  if (!machine_.dram_hidden) request_weights();
}

}  // namespace weir::reference
