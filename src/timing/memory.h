#pragma once

#include <cstdint>

#include "timing/cycle.h"
#include "timing/totals.h"

namespace weir::timing {

/// Words that move between DRAM and the chip at once.
struct Transfer {
  std::int64_t words = 0;
  Cycle earliest = 0;
  bool is_write = false;     ///< into DRAM
  std::int64_t address = 0;  ///< in words, of the first of them (dram_layout.h)
};

/// DRAM as the chip sees it: when it moves what it is asked to. Another model of it is another of these.
class Memory {
 public:
  virtual ~Memory() = default;

  /// With `hidden`, transfers are counted and take no time.
  virtual void begin_layer(bool hidden) = 0;
  /// Moves words, not before `earliest`; returns when the last has moved, 0 when nobody has to wait. Requests
  /// come in the order in which they are served.
  virtual Cycle transfer(const Transfer& transfer) = 0;
  /// Adds transfers that nobody waits for.
  virtual void count(const LinkTotals& transfers) = 0;
  /// Cycles in which it moved words, and words, since the layer began.
  virtual std::int64_t busy() const = 0;
  virtual std::int64_t words() const = 0;

 protected:
  Memory() = default;
  Memory(const Memory&) = default;
  Memory& operator=(const Memory&) = default;
};

}  // namespace weir::timing
