#include "reference/operand_store.h"

#include <iterator>
#include <stdexcept>

namespace weir::reference {

void OperandStore::expect(std::int64_t step, const Words& tile, const Words& new_words) {
  if (static_cast<std::int64_t>(tile.size()) > capacity_) {
    throw std::invalid_argument("a PE's tile of ifmap or weights is larger than its register file and FIFO");
  }
  expected_[step] = {tile, new_words, {}};
}

bool OperandStore::has_room() const {
  std::size_t used = held_.size();
  for (const auto& [step, expected] : expected_) used += expected.arrived.size();
  return static_cast<std::int64_t>(used) + reserved_ < capacity_;
}

void OperandStore::reserve() { ++reserved_; }

void OperandStore::accept(std::int64_t step, const Word& word, std::int16_t value) {
  --reserved_;
  Expected& expected = expected_.at(step);
  if (expected.missing.erase(word) != 1) throw std::logic_error("a word arrived that was not missing");
  expected.arrived[word] = value;
}

void OperandStore::begin_step(std::int64_t step) {
  Expected& expected = expected_.at(step);
  held_.merge(expected.arrived);
  if (!expected.arrived.empty()) throw std::logic_error("a word arrived that the PE had kept");
}

void OperandStore::end_step(std::int64_t step) {
  const auto next = expected_.erase(expected_.find(step));
  const Words needed_next = next == expected_.end() || !keeps_ ? Words() : next->second.tile;
  for (auto held = held_.begin(); held != held_.end();) {
    held = needed_next.count(held->first) > 0 ? std::next(held) : held_.erase(held);
  }
}

}  // namespace weir::reference
