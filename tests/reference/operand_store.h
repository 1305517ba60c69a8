#pragma once

#include <cstdint>
#include <map>

#include "reference/nest.h"

namespace weir::reference {

// A PE's register file and input FIFO of the ifmap or of the weights, as one store of words (section 2).
class OperandStore {
 public:
  // keeps: words of one step stay for the next.
  OperandStore(std::int64_t capacity, bool keeps) : capacity_(capacity), keeps_(keeps) {}

  // Set-up, in the order of the PE's active steps.
  void expect(std::int64_t step, const Words& tile, const Words& new_words);

  // The network's side. A word takes room when it is reserved, and is there when it has been accepted.
  bool has_room() const;
  void reserve();
  void accept(std::int64_t step, const Word& word, std::int16_t value);

  // The PE's side: complete once all new words of the step have arrived; end_step() gives back what is not
  // needed next.
  bool complete(std::int64_t step) const { return expected_.at(step).missing.empty(); }
  void begin_step(std::int64_t step);
  std::int16_t read(const Word& word) const { return held_.at(word); }
  void end_step(std::int64_t step);

 private:
  struct Expected {
    Words tile;
    Words missing;                         // new words that have not arrived
    std::map<Word, std::int16_t> arrived;  // new words that have
  };
  std::int64_t capacity_;
  bool keeps_;
  std::int64_t reserved_ = 0;                  // words being sent in this cycle
  std::map<Word, std::int16_t> held_;          // words of the step at work or of the last one
  std::map<std::int64_t, Expected> expected_;  // by active step
};

}  // namespace weir::reference
