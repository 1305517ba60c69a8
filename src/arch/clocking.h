#pragma once

#include <systemc>

#include "arch/cycle.h"

namespace weir::arch {

/// The length of a cycle, in whole picoseconds.
sc_core::sc_time clock_period(double clock_mhz);

/// Suspends the calling SC_THREAD until `time`, or not at all when that is past.
inline void wait_until(const sc_core::sc_time& time) {
  if (time > sc_core::sc_time_stamp()) sc_core::wait(time - sc_core::sc_time_stamp());
}

}  // namespace weir::arch
