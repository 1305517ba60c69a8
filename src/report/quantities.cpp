#include "report/quantities.h"

#include <algorithm>
#include <array>

namespace weir::report {
namespace {

using stats::Action;
using stats::Component;

double megabytes(std::int64_t words, const Accelerator& accelerator) {
  return static_cast<double>(words * accelerator.word_bits) / 8e6;
}

/// The buffer's words on the array's side, weights left out: what the array reads and writes, that is all
/// reads and writes but those that fill the buffer from DRAM or drain it. Finished outputs may pass it by.
double global_buffer_mb(const Metrics& m, const Accelerator& accelerator) {
  const auto buffer = [&](Tensor d, Action a) { return m.counts.get(Component::global_buffer, d, a); };
  const auto dram = [&](Tensor d, Action a) { return m.counts.get(Component::dram, d, a); };
  const std::int64_t returning = dram(Tensor::psum, Action::read);
  const bool direct = accelerator.global_buffer.last_sum == LastSum::direct;
  return megabytes(buffer(Tensor::ifmap, Action::read) + buffer(Tensor::psum, Action::read) +
                       buffer(Tensor::psum, Action::write) -
                       (direct ? returning : dram(Tensor::psum, Action::write)) - returning,
                   accelerator);
}

double milliseconds(const Metrics& m, const Accelerator&) { return m.milliseconds; }

/// Energy at some components, in units of 1e9 MAC energies where the energy table's unit is a MAC.
template <Component... kWhere>
double energy_g(const Metrics& m, const Accelerator&) {
  return (m.energy[kWhere] + ...) * 1e-9;
}
template <Component... kWhere>
double energy_per_mac(const Metrics& m, const Accelerator&) {
  return (m.energy[kWhere] + ...) / static_cast<double>(m.macs);
}

constexpr auto kGiga = "1e9";  // of the energy table's unit
constexpr auto kPerMac = "/MAC";
using enum Component;

constexpr std::array kQuantities = std::to_array<Quantity>({
    {"active_pes", "PEs", {}, [](const Metrics& m, const Accelerator&) { return m.active_pes; }},
    {"processing_ms", "ms", Overlap::processing, milliseconds},
    {"total_ms", "ms", Overlap::total, milliseconds},
    {"global_buffer_mb", "MB", {}, global_buffer_mb},
    {"dram_mb", "MB", {}, [](const Metrics& m, const Accelerator& a) { return megabytes(m.dram_words, a); }},
    {"dram_words_per_mac",
     "words/MAC",
     {},
     [](const Metrics& m, const Accelerator&) { return m.dram_words_per_mac; }},
    {"macs_m",
     "M",
     {},
     [](const Metrics& m, const Accelerator&) { return static_cast<double>(m.macs) * 1e-6; }},
    {"energy", kGiga, {}, energy_g<dram, global_buffer, network, neighbour, register_file, mac>},
    {"energy_dram", kGiga, {}, energy_g<dram>},
    {"energy_buffer", kGiga, {}, energy_g<global_buffer>},
    {"energy_array", kGiga, {}, energy_g<network, neighbour>},
    {"energy_rf", kGiga, {}, energy_g<register_file>},
    {"energy_mac", kGiga, {}, energy_g<mac>},
    {"energy_per_mac",
     kPerMac,
     {},
     energy_per_mac<dram, global_buffer, network, neighbour, register_file, mac>},
    {"energy_per_mac_dram", kPerMac, {}, energy_per_mac<dram>},
    {"energy_per_mac_buffer", kPerMac, {}, energy_per_mac<global_buffer>},
    {"energy_per_mac_array", kPerMac, {}, energy_per_mac<network, neighbour>},
    {"energy_per_mac_rf", kPerMac, {}, energy_per_mac<register_file>},
});

}  // namespace

const Quantity* find_quantity(std::string_view name) {
  const auto found =
      std::find_if(kQuantities.begin(), kQuantities.end(), [&](const Quantity& q) { return q.name == name; });
  return found == kQuantities.end() ? nullptr : &*found;
}

std::vector<std::string> quantity_names() {
  std::vector<std::string> names;
  names.reserve(kQuantities.size());
  for (const auto& quantity : kQuantities) names.emplace_back(quantity.name);
  return names;
}

}  // namespace weir::report
