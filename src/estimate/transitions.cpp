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

Moves moves_of(Dimension d, const Positions& positions, const TemporalLoops& loops, std::size_t advancing) {
  if (positions.count == 1) return {{{}, {1, 0, true, true}}};
  // Positions that the loops over d inside the advancing one walk through.
  std::int64_t inside = 1;
  for (std::size_t i = advancing + 1; i < loops.count; ++i) {
    if (loops.loops[i].dimension == d) inside *= loops.loops[i].bound;
  }
  const std::int64_t runs = (positions.count + inside - 1) / inside;
  const std::int64_t in_last_run = positions.count - (runs - 1) * inside;
  if (loops.loops[advancing].dimension != d) {
    // Every run begins anew once; the last one may be shorter.
    return {{{runs - 1, inside - 1, false, false}, {1, in_last_run - 1, true, in_last_run == 1}}};
  }
  // The advance to each run but those that begin with the advancing loop's own first iteration.
  const std::int64_t bound = loops.loops[advancing].bound;
  const std::int64_t advances = runs - (runs + bound - 1) / bound;
  const std::int64_t to_last = in_last_run == 1 && (runs - 1) % bound != 0 ? 1 : 0;
  return {{{advances - to_last, -1, false, false}, {to_last, -1, false, true}}};
}

}  // namespace weir::estimate
