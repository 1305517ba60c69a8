#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "report/metrics.h"

namespace weir::report {
namespace {

using stats::Component;
using stats::Verification;

/// Starts a new line wherever the next part would pass the table's width.
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

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// What the outputs' comparison with the reference came to, over all layers.
std::string verdict(const RunResult& run) {
  const auto count = [&](Verification v) {
    return std::count_if(run.layers.begin(), run.layers.end(),
                         [&](const auto& l) { return l.stats.verification == v; });
  };
  const auto all = static_cast<std::ptrdiff_t>(run.layers.size()) - count(Verification::none);
  if (count(Verification::failed) > 0)
    return fmt::format("simulated, outputs WRONG in {} of {} layers", count(Verification::failed), all);
  if (count(Verification::off) == all) return "simulated, data off";
  if (count(Verification::passed) == all) return "simulated, outputs verified";
  return fmt::format("simulated, outputs verified in {} of {} layers", count(Verification::passed), all);
}

struct Unit {
  std::string_view name;
  double size;
};

/// A column of numbers in the first unit that leaves its largest number six characters, with up to three
/// decimals.
class Scale {
 public:
  Scale(double largest, const std::vector<Unit>& units) : unit_(units.back()) {
    constexpr double kTooLarge = 999999.5;
    for (const Unit& unit : units) {
      if (largest / unit.size >= kTooLarge) continue;
      unit_ = unit;
      break;
    }
    decimals_ = std::clamp(4 - static_cast<int>(std::log10(std::max(1.0, largest / unit_.size))), 0, 3);
  }
  std::string operator()(double value) const { return fmt::format("{:.{}f}", value / unit_.size, decimals_); }
  std::string unit() const { return std::string(unit_.name); }

 private:
  Unit unit_;
  int decimals_;
};

/// Units for prices in pJ or in MAC energies.
std::vector<Unit> energy_units(const std::string& price_unit) {
  if (price_unit == "pJ") return {{"[uJ]", 1e6}, {"[mJ]", 1e9}, {"[J]", 1e12}};
  return {{"[GMAC]", 1e9}, {"[TMAC]", 1e12}};
}

/// One line of the table: its cells right-aligned in three groups, with bars between them.
std::string format_row(std::string_view name, std::size_t name_width, const std::array<std::string, 6>& costs,
                       std::string_view shares, std::string_view dram, std::string_view bound_by) {
  constexpr std::array<int, 6> kWidths = {7, 7, 7, 7, 6, 7};
  std::string row = fmt::format("{:<{}}", name, name_width);
  for (std::size_t i = 0; i < costs.size(); ++i) row += fmt::format("{:>{}}", costs[i], kWidths[i]);
  row += fmt::format(" |{:^28} |{:>8} | {}", shares, dram, bound_by);
  row.erase(row.find_last_not_of(' ') + 1);
  return row + '\n';
}

/// Where a layer's energy goes, in per cent, below the heads of the same widths.
std::string format_shares(const energy::Energy& energy) {
  const auto percent = [&](double part) { return energy.total() == 0 ? 0 : 100 * part / energy.total(); };
  return fmt::format("{:5.1f}{:7.1f}{:6.1f}{:5.1f}{:5.1f}", percent(energy[Component::dram]),
                     percent(energy[Component::global_buffer]),
                     percent(energy[Component::network] + energy[Component::neighbour]),
                     percent(energy[Component::register_file]), percent(energy[Component::mac]));
}

/// The end of a name says more than its beginning (`block3.conv2`).
std::string shortened(const std::string& name, std::size_t width) {
  return name.size() <= width ? name : fmt::format("~{}", name.substr(name.size() - width + 1));
}

}  // namespace

std::string console_table(const RunResult& run) {
  constexpr std::size_t kLongestName = 8;
  std::size_t name_width = 5;
  for (const auto& l : run.layers) name_width = std::clamp(l.layer.name.size(), name_width, kLongestName);

  const Metrics total = metrics_of(run, run.layers);
  const std::vector<Unit> counts = {{"[M]", 1e6}, {"[G]", 1e9}, {"[T]", 1e12}};
  const Scale macs(static_cast<double>(total.macs), counts);
  const Scale cycles(static_cast<double>(total.cycles), counts);
  const Scale time(total.milliseconds, {{"[ms]", 1}, {"[s]", 1e3}, {"[h]", 3.6e6}});
  const Scale energy(total.energy.total(), energy_units(run.energy.unit));
  const auto row = [&](const std::string& name, const Metrics& m, std::string_view bound_by) {
    return format_row(shortened(name, name_width), name_width,
                      {macs(static_cast<double>(m.macs)), cycles(static_cast<double>(m.cycles)),
                       time(m.milliseconds), fmt::format("{:.0f}", m.active_pes),
                       fmt::format("{:.1f}", 100 * m.mac_utilization), energy(m.energy.total())},
                      format_shares(m.energy), fmt::format("{:.4f}", m.dram_words_per_mac), bound_by);
  };

  std::vector<std::string> title = {run.accelerator.name,
                                    run.workload,
                                    run.dataflow,
                                    fmt::format("batch {}", run.batch),
                                    fmt::format("{} MHz", run.accelerator.clock_mhz),
                                    verdict(run)};
  if (run.overlap == Overlap::total) title.emplace_back("DRAM time included");
  std::string text = wrap(title, " | ");
  text += format_row("layer", name_width, {"MACs", "cycles", "time", "active", "util", "energy"},
                     " DRAM buffer array   RF  MAC", "DRAM", "bound by");
  text += format_row("", name_width, {macs.unit(), cycles.unit(), time.unit(), "PEs", "[%]", energy.unit()},
                     "[% of energy]", "acc/MAC", "");
  for (const auto& result : run.layers) {
    const Metrics m = metrics_of(run, result);
    text += row(result.layer.name, m, m.bound_by);
  }
  text += row("total", total, "");
  text += wrap(words_of(fmt::format(
                   "moving data costs {:.1f} % of the energy; psum accumulation and weight loading cost "
                   "{:.1f} % of the PE cycles (scripts/plot_stalls.py shows where)",
                   100 * total.moving_share(), 100 * total.overhead_share())),
               " ");
  return text;
}

}  // namespace weir::report
