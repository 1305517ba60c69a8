#pragma once

#include <cstdint>

#include "timing/bounded_store.h"

namespace weir::timing {

/// What one PE does when (docs/timing-model.md sections 3 and 4).
struct PeTimes {
  explicit PeTimes(std::int64_t port_words)
      : psum_in_port(port_words), neighbour_port(port_words), psum_out_port(port_words) {}

  Cycle free_at = 0;            ///< the end of its last window or accumulation
  Cycle macs_done = 0;          ///< the end of its last window
  std::int64_t last_step = -1;  ///< in which it was active

  BoundedStore psum_in_port;    ///< from the global buffer, used by a chain's bottom
  BoundedStore neighbour_port;  ///< from the PE below
  BoundedStore psum_out_port;   ///< to the global buffer, used by a chain's top
};

}  // namespace weir::timing
