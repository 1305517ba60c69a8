#include "report/table_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace weir::report {
namespace {

using stats::Verification;

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace

std::string wrap(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  std::size_t column = 0;
  for (const auto& part : parts) {
    if (column > 0 && column + separator.size() + part.size() > kTableWidth) {
      text += '\n';
      column = 0;
    }
    const auto before = text.size();
    if (column > 0) text += separator;
    text += part;
    column += text.size() - before;
  }
  return text + '\n';
}

std::string wrap_words(const std::string& text) { return wrap(words_of(text), " "); }

std::string verdict(const RunResult& run) {
  const auto count = [&](Verification v) {
    return std::count_if(run.layers.begin(), run.layers.end(),
                         [&](const auto& l) { return l.stats.verification == v; });
  };
  if (run.fidelity != Fidelity::simulate && run.fidelity != Fidelity::ports) return "estimated";
  const auto without = count(Verification::none);
  const auto all = static_cast<std::ptrdiff_t>(run.layers.size()) - without;
  if (count(Verification::failed) > 0)
    return fmt::format("simulated, outputs WRONG in {} of {} layers", count(Verification::failed), all);
  if (all == 0) return "simulated, layers without values";
  if (count(Verification::off) == all) return "simulated, data off";
  if (count(Verification::passed) == all && without > 0)
    return fmt::format("simulated, outputs verified but of {} layer{} without values", without,
                       without == 1 ? "" : "s");
  if (count(Verification::passed) == all) return "simulated, outputs verified";
  return fmt::format("simulated, outputs verified in {} of {} layers", count(Verification::passed), all);
}

std::vector<std::pair<std::string, std::vector<std::string>>> unmapped_by_reason(
    const std::vector<UnmappedLayer>& unmapped) {
  std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
  for (const auto& [layer, reason] : unmapped) {
    const auto same = std::find_if(reasons.begin(), reasons.end(),
                                   [&](const auto& entry) { return entry.first == reason; });
    if (same == reasons.end()) {
      reasons.push_back({reason, {layer.name}});
    } else {
      same->second.push_back(layer.name);
    }
  }
  return reasons;
}

std::vector<Unit> count_units() { return {{"[1]", 1, true}, {"[M]", 1e6}, {"[G]", 1e9}, {"[T]", 1e12}}; }

std::vector<Unit> time_units() { return {{"[us]", 1e-3, true}, {"[ms]", 1}, {"[s]", 1e3}, {"[h]", 3.6e6}}; }

std::vector<Unit> energy_units(const std::string& price_unit) {
  if (price_unit == "pJ")
    return {{"[pJ]", 1, true}, {"[nJ]", 1e3, true}, {"[uJ]", 1e6}, {"[mJ]", 1e9}, {"[J]", 1e12}};
  return {
      {"[MAC]", 1, true}, {"[kMAC]", 1e3, true}, {"[MMAC]", 1e6, true}, {"[GMAC]", 1e9}, {"[TMAC]", 1e12}};
}

std::vector<Unit> energy_delay_units(const std::string& price_unit) {
  if (price_unit == "pJ") return {{"[uJ ms]", 1e6}, {"[uJ s]", 1e9}, {"[mJ s]", 1e12}, {"[J s]", 1e15}};
  return {{"[GMAC ms]", 1e9}, {"[GMAC s]", 1e12}, {"[TMAC s]", 1e15}};
}

Scale::Scale(double largest, const std::vector<Unit>& units) : unit_(units.back()) {
  constexpr double kTooLarge = 999999.5;
  const auto usual =
      std::find_if(units.begin(), units.end(), [](const Unit& unit) { return !unit.is_small; });
  const bool is_small = usual != units.end() && largest < usual->size;
  for (const Unit& unit : units) {
    if (largest / unit.size >= kTooLarge || (unit.is_small && !is_small)) continue;
    unit_ = unit;
    break;
  }
  if (unit_.size == 1 && unit_.is_small) return;  // a count, or the unit of prices: nothing is less
  decimals_ = std::clamp(4 - static_cast<int>(std::log10(std::max(1.0, largest / unit_.size))), 0, 3);
}

std::string Scale::operator()(double value) const {
  return fmt::format("{:.{}f}", value / unit_.size, decimals_);
}

}  // namespace weir::report
