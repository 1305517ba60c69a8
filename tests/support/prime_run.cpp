#include "support/prime_run.h"

#include <algorithm>

namespace weir::test {
namespace {

using stats::Component;
using stats::PeState;

constexpr std::int64_t kRows = 3, kColumns = 5;

/// Words of each action, by the million: shares differ by more than the table's last digit.
void count_all(stats::Counts& counts, bool on_array, Primes& primes) {
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    const auto component = static_cast<Component>(c);
    if (!on_array && component != Component::dram && component != Component::global_buffer) continue;
    for (std::size_t d = 0; d < kTensors; ++d) {
      const auto data = static_cast<Tensor>(d);
      if (component == Component::mac && data != Tensor::psum) continue;
      for (const auto action : energy::actions_of(component))
        counts.add(component, data, action, primes.next() * 1'000'000);
    }
  }
}

report::LayerResult prime_layer(const std::string& name, LayerKind kind, Primes& primes) {
  report::LayerResult result;
  Layer& layer = result.layer;
  layer.name = name;
  layer.kind = kind;
  layer.bounds.values = {1, 2, 3, 5, 7, 11, 3, 3};
  result.mapping.at(Level::dram) = {{Dimension::M, 3}, {Dimension::C, 5}};
  stats::LayerStats& stats = result.stats;
  const bool on_array = !layer.is_memory_bound();
  count_all(stats.counts, on_array, primes);
  if (on_array) {
    stats.macs = stats.counts.get(Component::mac, Tensor::psum, stats::Action::mac) +
                 stats.counts.get(Component::mac, Tensor::psum, stats::Action::gated_mac);
    stats.active_pes = 2 * kRows;
    for (std::int64_t& state : stats.pe_cycles.values) state = primes.next() * 1'000'000;
    stats.cycles = stats.pe_cycles.total() / (kRows * kColumns) + 1;
    stats.pe_cycles[PeState::unmapped] += stats.cycles * kRows * kColumns - stats.pe_cycles.total();
    stats.verification = stats::Verification::passed;
  } else {
    stats.vector_operations = primes.next() * 1'000'000;
    stats.vector_cycles = primes.next() * 1'000'000;
    stats.cycles = stats.vector_cycles + primes.next() * 1'000'000;
    stats.pe_cycles[PeState::unmapped] = stats.cycles * kRows * kColumns;
    stats.verification = stats::Verification::none;
  }
  for (stats::LinkCycles& link : stats.links) {
    link.busy = stats.cycles / 2 + primes.next();
    link.blocked = stats.cycles / 3 + primes.next();
    link.idle = stats.cycles - link.busy - link.blocked;
  }
  return result;
}

}  // namespace

std::int64_t Primes::next() {
  const auto is_prime = [](std::int64_t n) {
    for (std::int64_t d = 2; d * d <= n; ++d) {
      if (n % d == 0) return false;
    }
    return true;
  };
  do ++last_;
  while (!is_prime(last_));
  return last_;
}

report::RunResult prime_run(const std::string& accelerator, const std::string& dataflow) {
  Primes primes;
  report::RunResult run;
  run.accelerator.name = accelerator;
  run.accelerator.clock_mhz = 137;
  run.accelerator.rows = kRows;
  run.accelerator.columns = kColumns;
  run.accelerator.word_bits = 16;
  run.workload = "network";
  run.dataflow = dataflow;
  run.data = "auto";
  run.energy.name = "table";
  run.energy.unit = "pJ";
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    const auto component = static_cast<Component>(c);
    for (std::size_t d = 0; d < kTensors; ++d) {
      for (const auto action : energy::actions_of(component))
        run.energy.set_price(component, static_cast<Tensor>(d), action, static_cast<double>(primes.next()));
    }
  }
  // One machine differs from another in all that it counts.
  for (std::size_t skipped = 0; skipped < accelerator.size() + dataflow.size(); ++skipped) primes.next();
  run.layers = {prime_layer("first", LayerKind::conv, primes), prime_layer("second", LayerKind::conv, primes),
                prime_layer("third", LayerKind::conv, primes),
                prime_layer("sum", LayerKind::elementwise, primes)};
  run.layers[2].layer.bounds[Dimension::G] = 13;
  run.layers[2].layer.bounds[Dimension::C] = 1;
  return run;
}

}  // namespace weir::test
