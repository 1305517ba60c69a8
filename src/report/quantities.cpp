#include "report/quantities.h"

#include <algorithm>
#include <array>

namespace weir::report {
namespace {

using stats::Action;
using stats::Component;
using stats::Data;

double megabytes(std::int64_t words, const Accelerator& accelerator) {
  return static_cast<double>(words * accelerator.word_bits) / 8e6;
}

/// The buffer's words on the array's side, weights left out: what the array reads and writes, that is all
/// reads and writes but those that fill the buffer from DRAM or drain it.
double global_buffer_mb(const Metrics& m, const Accelerator& accelerator) {
  const auto buffer = [&](Data d, Action a) { return m.counts.get(Component::global_buffer, d, a); };
  const auto dram = [&](Data d, Action a) { return m.counts.get(Component::dram, d, a); };
  return megabytes(buffer(Data::ifmap, Action::read) + buffer(Data::psum, Action::read) +
                       buffer(Data::psum, Action::write) - dram(Data::psum, Action::write) -
                       dram(Data::psum, Action::read),
                   accelerator);
}

double milliseconds(const Metrics& m, const Accelerator&) { return m.milliseconds; }

constexpr std::array<Quantity, 7> kQuantities = {{
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
}};

}  // namespace

const Quantity* find_quantity(std::string_view name) {
  const auto* found =
      std::find_if(kQuantities.begin(), kQuantities.end(), [&](const Quantity& q) { return q.name == name; });
  return found == kQuantities.end() ? nullptr : found;
}

std::vector<std::string> quantity_names() {
  std::vector<std::string> names;
  names.reserve(kQuantities.size());
  for (const auto& quantity : kQuantities) names.emplace_back(quantity.name);
  return names;
}

}  // namespace weir::report
