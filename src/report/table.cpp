#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "report/metrics.h"
#include "report/table_layout.h"

namespace weir::report {
namespace {

using stats::Component;

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

}  // namespace

std::string console_table(const RunResult& run) {
  constexpr std::size_t kLongestName = 8;
  std::size_t name_width = 5;
  for (const auto& l : run.layers) name_width = std::clamp(l.layer.name.size(), name_width, kLongestName);

  const Metrics total = metrics_of(run, run.layers);
  const Scale macs(static_cast<double>(total.macs), count_units());
  const Scale cycles(static_cast<double>(total.cycles), count_units());
  const Scale time(total.milliseconds, time_units());
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
  text += wrap_words(
      fmt::format("moving data costs {:.1f} % of the energy; psum accumulation and weight loading cost "
                  "{:.1f} % of the PE cycles (scripts/plot_stalls.py shows where)",
                  100 * total.moving_share(), 100 * total.overhead_share()));
  return text;
}

}  // namespace weir::report
