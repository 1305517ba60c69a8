#pragma once

#include <cstdint>
#include <stdexcept>
#include <unordered_map>

#include "accelerator/accelerator.h"
#include "ports/word.h"

namespace weir::ports {

/// A scratchpad of a PE, with the FIFO in front of it: words by the address that they have in their tensor.
/// Words that stream through a PE may be there twice, for this step and the next.
class RegisterFile {
 public:
  void clear() { *this = {}; }
  void write(const Word& word) {
    Entry& entry = words_[word.address];
    entry.value = word.value;
    ++entry.copies;
    ++occupancy_;
    ++writes_;
  }
  /// Of a word that is there, throws std::logic_error of others.
  std::uint32_t read(Address address) {
    ++reads_;
    return peek(address);
  }
  std::uint32_t peek(Address address) const {
    const auto found = words_.find(address);
    if (found == words_.end()) throw std::logic_error("a PE uses a word that it does not hold");
    return found->second.value;
  }
  void drop(Address address) {
    const auto found = words_.find(address);
    if (found == words_.end()) throw std::logic_error("a PE frees a word that it does not hold");
    if (--found->second.copies == 0) words_.erase(found);
    --occupancy_;
  }
  const std::int64_t& occupancy() const { return occupancy_; }
  std::int64_t reads() const { return reads_; }
  std::int64_t writes() const { return writes_; }

 private:
  struct Entry {
    std::uint32_t value = 0;
    int copies = 0;
  };
  std::unordered_map<Address, Entry> words_;
  std::int64_t occupancy_ = 0, reads_ = 0, writes_ = 0;
};

/// The psums of a visit. A sum is there from its first product on.
class PsumFile {
 public:
  /// `direct`: a sum leaves as its last product is added, without a write and a read.
  void clear(LastSum last_sum) {
    *this = {};
    last_sum_ = last_sum;
  }
  /// Adds a product: the first is written, others are read, added to and written.
  void add(Address address, std::uint32_t product) {
    const auto [at, is_first] = sums_.try_emplace(address, product);
    ++writes_;
    if (is_first) {
      ++occupancy_;
      return;
    }
    ++reads_;
    at->second += product;
  }
  /// The sum, which leaves; zero where nothing was added.
  std::uint32_t take(Address address) {
    const auto found = sums_.find(address);
    if (found == sums_.end()) return 0;
    const std::uint32_t sum = found->second;
    sums_.erase(found);
    --occupancy_;
    if (last_sum_ == LastSum::stored) {
      ++reads_;
    } else {
      --writes_;
    }
    return sum;
  }
  std::int64_t reads() const { return reads_; }
  std::int64_t writes() const { return writes_; }
  const std::int64_t& occupancy() const { return occupancy_; }

 private:
  LastSum last_sum_ = LastSum::stored;
  std::unordered_map<Address, std::uint32_t> sums_;
  std::int64_t occupancy_ = 0, reads_ = 0, writes_ = 0;
};

}  // namespace weir::ports
