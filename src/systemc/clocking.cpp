#include "systemc/clocking.h"

#include <cmath>

namespace weir::systemc {

sc_core::sc_time clock_period(double clock_mhz) { return {std::round(1e6 / clock_mhz), sc_core::SC_PS}; }

}  // namespace weir::systemc
