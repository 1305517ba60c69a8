#pragma once

#include <cstdint>
#include <deque>

namespace weir::reference {

// A psum port of a PE: it takes whole bursts, one a visit and in the order of the visits (section 4).
class PsumPort {
 public:
  explicit PsumPort(std::int64_t capacity) : capacity_(capacity) {}

  // Set-up: a burst of that visit will come through here.
  void expect(std::int64_t visit, std::int64_t words);

  // The writer's side: reserve when the burst begins, then push its words.
  bool has_room_for(std::int64_t visit) const;
  void reserve(std::int64_t visit);
  void push(std::int64_t visit, std::uint32_t value);

  // The reader's side: words of the burst that are here; release at the end gives back the room of the whole
  // burst.
  std::int64_t waiting(std::int64_t visit) const;
  std::uint32_t pop(std::int64_t visit);
  void release(std::int64_t visit);

 private:
  struct Burst {
    std::int64_t visit;
    std::int64_t size;
    std::deque<std::uint32_t> words;
  };
  std::int64_t capacity_;
  std::deque<Burst> to_come_;
  std::deque<Burst> inside_;
};

}  // namespace weir::reference
