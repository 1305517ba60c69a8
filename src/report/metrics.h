#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "report/run_result.h"

namespace weir::report {

/// What reports derive from one layer, or from several as their sum. Every formula stands in metrics.cpp
/// only.
struct Metrics {
  std::int64_t macs = 0;
  std::int64_t cycles = 0;
  std::int64_t vector_operations = 0;
  std::int64_t vector_cycles = 0;
  double active_pes = 0;  ///< of several layers: the mean, weighted by cycles
  double milliseconds = 0;
  double mac_utilization = 0;  ///< MACs / (cycles x PEs of the array), 0 to 1
  energy::Energy energy;
  std::int64_t dram_words = 0;
  std::int64_t global_buffer_words = 0;
  double dram_words_per_mac = 0;
  std::string_view bound_by;
  stats::Counts counts;
  stats::PeCycles pe_cycles;
  std::array<stats::LinkCycles, stats::kLinks> links{};

  /// Fraction of the energy that is not spent in MACs.
  double moving_share() const;
  /// Fraction of the PE cycles that go into adding psums up and into waiting for weights.
  double overhead_share() const;
};

/// `layers` are some or all of `run`'s.
Metrics metrics_of(const RunResult& run, std::span<const LayerResult> layers);
inline Metrics metrics_of(const RunResult& run, const LayerResult& layer) {
  return metrics_of(run, {&layer, 1});
}

/// A row of accesses.csv.
struct Access {
  std::string_view level;
  std::string_view tensor;
  std::string_view action;
  std::int64_t count;
  double energy;
};

/// What happened, priced; what did not happen is left out.
std::vector<Access> priced_accesses(const stats::Counts& counts, const energy::EnergyTable& prices);

std::string_view overlap_name(Overlap overlap);
std::string_view fidelity_name(Fidelity fidelity);
/// `yes`, `no`, `off` or `none`.
std::string_view verified_word(stats::Verification verification);

}  // namespace weir::report
