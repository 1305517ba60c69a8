#include "reference/psum_port.h"

#include <stdexcept>

namespace weir::reference {

void PsumPort::expect(std::int64_t visit, std::int64_t words) {
  if (words > capacity_) throw std::invalid_argument("a PE's psums are more than a psum port holds");
  to_come_.push_back({visit, words, {}});
}

bool PsumPort::has_room_for(std::int64_t visit) const {
  if (to_come_.front().visit != visit) return false;
  std::int64_t used = 0;
  for (const Burst& burst : inside_) used += burst.size;
  return used + to_come_.front().size <= capacity_;
}

void PsumPort::reserve(std::int64_t visit) {
  if (!has_room_for(visit)) throw std::logic_error("a psum port without room was reserved");
  inside_.push_back(to_come_.front());
  to_come_.pop_front();
}

void PsumPort::push(std::int64_t visit, std::uint32_t value) {
  for (Burst& burst : inside_) {
    if (burst.visit == visit) {
      burst.words.push_back(value);
      return;
    }
  }
  throw std::logic_error("a psum was pushed into no burst");
}

std::int64_t PsumPort::waiting(std::int64_t visit) const {
  if (inside_.empty() || inside_.front().visit != visit) return 0;
  return static_cast<std::int64_t>(inside_.front().words.size());
}

std::uint32_t PsumPort::pop(std::int64_t visit) {
  if (waiting(visit) == 0) throw std::logic_error("a psum was taken before it came");
  const std::uint32_t value = inside_.front().words.front();
  inside_.front().words.pop_front();
  return value;
}

void PsumPort::release(std::int64_t visit) {
  if (inside_.front().visit != visit || waiting(visit) != 0) throw std::logic_error("a burst left too early");
  inside_.pop_front();
}

}  // namespace weir::reference
