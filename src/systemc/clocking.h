#pragma once

#include <cstdint>
#include <systemc>

namespace weir::systemc {

/// The length of a cycle, in whole picoseconds.
sc_core::sc_time clock_period(double clock_mhz);

/// A number of cycles as a time, exactly, and back.
inline sc_core::sc_time time_of(std::int64_t cycles, const sc_core::sc_time& period) {
  return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(cycles) * period.value());
}
inline std::int64_t cycles_in(const sc_core::sc_time& time, const sc_core::sc_time& period) {
  return static_cast<std::int64_t>(time.value() / period.value());
}

/// Of a word in DRAM.
inline std::int64_t bytes_of_word(std::int64_t bits) { return (bits + 7) / 8; }

/// Suspends the calling SC_THREAD until `time`, or not at all when that is past.
inline void wait_until(const sc_core::sc_time& time) {
  if (time > sc_core::sc_time_stamp()) sc_core::wait(time - sc_core::sc_time_stamp());
}

}  // namespace weir::systemc
