#pragma once

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <systemc>

namespace weir::systemc {

/// The length of a cycle, in whole picoseconds.
sc_core::sc_time clock_period(double clock_mhz);

/// A number of cycles as a time, exactly, and back. Throws std::overflow_error when the kernel's time, which
/// is 64 bits of picoseconds, ends before.
inline sc_core::sc_time time_of(std::int64_t cycles, const sc_core::sc_time& period) {
  if (static_cast<sc_dt::uint64>(cycles) > sc_core::sc_max_time().value() / 2 / period.value())
    throw std::overflow_error("more cycles than SystemC's time can hold at this clock");
  return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(cycles) * period.value());
}
inline std::int64_t cycles_in(const sc_core::sc_time& time, const sc_core::sc_time& period) {
  return static_cast<std::int64_t>(time.value() / period.value());
}

/// Of a word in DRAM.
inline std::int64_t bytes_of_word(std::int64_t bits) { return (bits + 7) / 8; }

/// The length of a request in bytes. Throws std::overflow_error when TLM's 32 bits do not hold it.
inline unsigned length_of(std::int64_t words, std::int64_t word_bytes) {
  if (words > std::numeric_limits<unsigned>::max() / word_bytes)
    throw std::overflow_error("a transfer of more bytes than a TLM request can ask for");
  return static_cast<unsigned>(words * word_bytes);
}

/// Suspends the calling SC_THREAD until `time`, or not at all when that is past.
inline void wait_until(const sc_core::sc_time& time) {
  if (time > sc_core::sc_time_stamp()) sc_core::wait(time - sc_core::sc_time_stamp());
}

}  // namespace weir::systemc
