#include "report/metrics.h"

namespace weir::report {
namespace {

using stats::Component;
using stats::Link;
using stats::PeState;

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

void add(stats::LinkCycles& sum, const stats::LinkCycles& more) {
  sum.busy += more.busy;
  sum.blocked += more.blocked;
  sum.idle += more.idle;
}

/// The busiest of the active PEs (MACs and accumulation) and the links. DRAM counts only where something can
/// wait for it: with Overlap::processing it is hidden by definition, however long its transfers take.
std::string_view busiest(const Metrics& m, Overlap overlap) {
  if (m.macs == 0) {
    const std::int64_t moving = m.links[static_cast<std::size_t>(Link::dram)].busy;
    return moving >= m.vector_cycles ? "DRAM" : "vector_unit";
  }
  if (m.pe_cycles.total() == 0) return "";  // of a closed form, which does not know
  const auto working =
      m.pe_cycles[PeState::mac] + m.pe_cycles[PeState::gated_mac] + m.pe_cycles[PeState::psum_accumulate];
  const auto cycles = static_cast<double>(m.cycles);
  std::string_view name = "MAC";
  double most = ratio(static_cast<double>(working), m.active_pes * cycles);
  for (std::size_t i = 0; i < stats::kLinks; ++i) {
    const bool is_dram = static_cast<Link>(i) == Link::dram;
    const double busy = ratio(static_cast<double>(m.links[i].busy), cycles);
    if (busy > most && !(is_dram && overlap == Overlap::processing)) {
      most = busy;
      name = is_dram ? "DRAM" : stats::kLinkNames[i];
    }
  }
  return name;
}

}  // namespace

double Metrics::moving_share() const {
  return ratio(energy.total() - energy[Component::mac], energy.total());
}

double Metrics::overhead_share() const {
  return ratio(static_cast<double>(pe_cycles[PeState::psum_accumulate] + pe_cycles[PeState::wait_weight]),
               static_cast<double>(pe_cycles.total()));
}

Metrics metrics_of(const RunResult& run, std::span<const LayerResult> layers) {
  Metrics m;
  double active_pe_cycles = 0;
  for (const auto& [layer, mapping, stats] : layers) {
    m.macs += stats.macs;
    m.cycles += stats.cycles;
    m.vector_operations += stats.vector_operations;
    m.vector_cycles += stats.vector_cycles;
    active_pe_cycles += static_cast<double>(stats.active_pes) * static_cast<double>(stats.cycles);
    m.counts += stats.counts;
    for (std::size_t i = 0; i < stats::kPeStates; ++i) m.pe_cycles.values[i] += stats.pe_cycles.values[i];
    for (std::size_t i = 0; i < stats::kLinks; ++i) add(m.links[i], stats.links[i]);
  }
  const auto macs = static_cast<double>(m.macs);
  const auto cycles = static_cast<double>(m.cycles);
  m.active_pes = ratio(active_pe_cycles, cycles);
  m.milliseconds = cycles / (run.accelerator.clock_mhz * 1e3);
  m.mac_utilization = ratio(macs, cycles * static_cast<double>(run.accelerator.pes()));
  m.energy = energy::energy_of(m.counts, run.energy);
  m.dram_words = m.counts.accesses(Component::dram);
  m.global_buffer_words = m.counts.accesses(Component::global_buffer);
  m.dram_words_per_mac = ratio(static_cast<double>(m.dram_words), macs);
  m.bound_by = busiest(m, run.overlap);
  return m;
}

std::vector<Access> priced_accesses(const stats::Counts& counts, const energy::EnergyTable& prices) {
  std::vector<Access> accesses;
  counts.for_each([&](Component c, Tensor d, stats::Action a, std::int64_t count) {
    accesses.push_back({stats::kComponentNames[static_cast<std::size_t>(c)],
                        kTensorNames[static_cast<std::size_t>(d)],
                        stats::kActionNames[static_cast<std::size_t>(a)], count,
                        static_cast<double>(count) * prices.price(c, d, a)});
  });
  return accesses;
}

std::string_view overlap_name(Overlap overlap) {
  return overlap == Overlap::processing ? "processing" : "total";
}

std::string_view fidelity_name(Fidelity fidelity) {
  switch (fidelity) {
    case Fidelity::simulate:
      return "simulate";
    case Fidelity::estimate:
      return "estimate";
    case Fidelity::closed_form:
      return "closed_form";
    case Fidelity::ports:
      return "ports";
  }
  return "";
}

std::string_view verified_word(stats::Verification verification) {
  switch (verification) {
    case stats::Verification::off:
      return "off";
    case stats::Verification::passed:
      return "yes";
    case stats::Verification::failed:
      return "no";
    case stats::Verification::none:
      return "none";
  }
  return "";
}

}  // namespace weir::report
