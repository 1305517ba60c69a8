#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stats/layer_stats.h"

namespace weir::timing {

/// What a link has done.
struct LinkTotals {
  std::int64_t busy = 0;      ///< cycles
  std::int64_t words = 0;     ///< sent
  std::int64_t received = 0;  ///< by all receivers

  friend LinkTotals operator+(const LinkTotals& a, const LinkTotals& b) {
    return {a.busy + b.busy, a.words + b.words, a.received + b.received};
  }
  friend LinkTotals operator-(const LinkTotals& a, const LinkTotals& b) {
    return {a.busy - b.busy, a.words - b.words, a.received - b.received};
  }
};

/// What the array has done up to some step, and so, as a difference, within some steps.
struct Totals {
  LinkTotals ifmap, weights, psums_in, psums_out;
  LinkTotals neighbour;  ///< psums from PE to PE
  LinkTotals preloads;   ///< weights from DRAM, where it is hidden
  stats::PeCycles pe_cycles;

  friend Totals operator+(const Totals& a, const Totals& b) {
    Totals sum{a.ifmap + b.ifmap,
               a.weights + b.weights,
               a.psums_in + b.psums_in,
               a.psums_out + b.psums_out,
               a.neighbour + b.neighbour,
               a.preloads + b.preloads,
               a.pe_cycles};
    for (std::size_t i = 0; i < stats::kPeStates; ++i) sum.pe_cycles.values[i] += b.pe_cycles.values[i];
    return sum;
  }
  friend Totals operator-(const Totals& a, const Totals& b) {
    Totals difference{a.ifmap - b.ifmap,
                      a.weights - b.weights,
                      a.psums_in - b.psums_in,
                      a.psums_out - b.psums_out,
                      a.neighbour - b.neighbour,
                      a.preloads - b.preloads,
                      a.pe_cycles};
    for (std::size_t i = 0; i < stats::kPeStates; ++i)
      difference.pe_cycles.values[i] -= b.pe_cycles.values[i];
    return difference;
  }
};

}  // namespace weir::timing
