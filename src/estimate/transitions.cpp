#include "estimate/transitions.h"

#include <stdexcept>

namespace weir::estimate {

void TemporalLoops::append(const std::vector<Loop>& more) {
  for (const Loop& loop : more) {
    if (loop.bound == 1) continue;
    if (count == kMost) throw std::length_error("a mapping with more loops than any needs");
    loops[count++] = loop;
  }
}

Moves moves_beside(const Positions& positions, std::int64_t inside) {
  if (positions.count == 1) return {{{}, {1, 0, true, true}}};
  if (inside == 1) return {{{positions.count - 1, 0, false, false}, {1, 0, true, true}}};
  // Every run begins anew once; the last one may be shorter.
  const std::int64_t runs = (positions.count + inside - 1) / inside;
  const std::int64_t in_last_run = positions.count - (runs - 1) * inside;
  return {{{runs - 1, inside - 1, false, false}, {1, in_last_run - 1, true, in_last_run == 1}}};
}

Moves moves_ahead(const Positions& positions, std::int64_t inside, std::int64_t bound) {
  const std::int64_t runs = inside == 1 ? positions.count : (positions.count + inside - 1) / inside;
  const std::int64_t in_last_run = positions.count - (runs - 1) * inside;
  // The advance to each run but those that begin with the advancing loop's own first iteration.
  const std::int64_t rounds = bound >= runs ? 1 : (runs + bound - 1) / bound;
  const std::int64_t advances = runs - rounds;
  const std::int64_t to_last = in_last_run == 1 && runs - 1 != (rounds - 1) * bound ? 1 : 0;
  return {{{advances - to_last, -1, false, false}, {to_last, -1, false, true}}};
}

}  // namespace weir::estimate
