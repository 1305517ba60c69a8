#include "timing/replay.h"

#include <utility>

namespace weir::timing {

std::size_t Replay::Hash::operator()(const State& state) const {
  std::uint64_t hash = state.size();
  for (const std::int64_t word : state) {
    hash = (hash ^ static_cast<std::uint64_t>(word)) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32U;
  }
  return hash;
}

const Replay::Outcome* Replay::find(std::size_t box, const State& entry) {
  if (box >= luck_.size()) luck_.resize(box + 1);
  ++luck_[box].asked;
  const auto found = outcomes_.find(entry);
  if (found == outcomes_.end()) return nullptr;
  ++luck_[box].known;
  return &found->second;
}

void Replay::add(const State& entry, Outcome outcome) {
  const std::size_t bytes =
      (entry.size() + outcome.exit.size()) * sizeof(std::int64_t) + sizeof(Outcome) + sizeof(State);
  if (bytes_ + bytes > most_bytes_) return;
  bytes_ += bytes;
  outcome.exit.shrink_to_fit();
  outcomes_.emplace(entry, std::move(outcome));
}

bool Replay::may_know(std::size_t box) const {
  constexpr std::int64_t kPatience = 200;
  return box >= luck_.size() || luck_[box].asked < kPatience || luck_[box].known * 20 > luck_[box].asked;
}

}  // namespace weir::timing
