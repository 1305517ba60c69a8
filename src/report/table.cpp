#include "report/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "config/printable.h"
#include "report/layer_names.h"
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

std::vector<std::string> names_of_rows(const RunResult& run) {
  std::vector<std::string> names;
  for (const auto& result : run.layers) names.push_back(result.layer.name);
  for (const auto& unmapped : run.unmapped) names.push_back(unmapped.layer.name);
  constexpr std::size_t kLongestName = 8;
  return short_layer_names(names, kLongestName);
}

/// What is not in the totals, and why.
std::string not_in_total(const RunResult& run) {
  if (run.unmapped.empty()) return "";
  std::string text;
  for (const auto& [reason, layers] : unmapped_by_reason(run.unmapped))
    text += wrap_words(fmt::format("not mapped: {}: {}", fmt::join(layers, ", "), reason));
  std::int64_t all = 0, missing = 0;
  for (const auto& result : run.layers) all += result.stats.macs;
  for (const auto& unmapped : run.unmapped) missing += unmapped.layer.macs();
  all += missing;
  return text + wrap_words(fmt::format(
                    "the total is of {} of {} layers, with {:.1f} % of the MACs", run.layers.size(),
                    run.layers.size() + run.unmapped.size(),
                    all == 0 ? 0 : 100 * static_cast<double>(all - missing) / static_cast<double>(all)));
}

}  // namespace

std::string console_table(const RunResult& run) {
  const std::vector<std::string> names = names_of_rows(run);
  std::size_t name_width = 5;
  for (const auto& name : names) name_width = std::max(name.size(), name_width);

  const Metrics total = metrics_of(run, run.layers);
  std::int64_t most_macs = total.macs;
  for (const auto& unmapped : run.unmapped) most_macs = std::max(most_macs, unmapped.layer.macs());
  const Scale macs(static_cast<double>(most_macs), count_units());
  const Scale cycles(static_cast<double>(total.cycles), count_units());
  const Scale time(total.milliseconds, time_units());
  const Scale energy(total.energy.total(), energy_units(run.energy.unit));
  const auto row = [&](const std::string& name, const Metrics& m, std::string_view bound_by) {
    return format_row(
        name, name_width,
        {macs(static_cast<double>(m.macs)), cycles(static_cast<double>(m.cycles)), time(m.milliseconds),
         fmt::format("{:.0f}", m.active_pes),
         m.macs == 0 ? "-" : fmt::format("{:.1f}", 100 * m.mac_utilization), energy(m.energy.total())},
        format_shares(m.energy), m.macs == 0 ? "-" : fmt::format("{:.4f}", m.dram_words_per_mac),
        bound_by == "vector_unit" ? "vector" : bound_by);
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
  for (std::size_t i = 0; i < run.layers.size(); ++i) {
    const Metrics m = metrics_of(run, run.layers[i]);
    text += row(names[i], m, m.bound_by);
  }
  for (std::size_t i = 0; i < run.unmapped.size(); ++i)
    text += fmt::format("{:<{}}{} not mapped\n", names[run.layers.size() + i], name_width,
                        fmt::format("{:>7}", macs(static_cast<double>(run.unmapped[i].layer.macs()))));
  text += row("total", total, "");
  text += not_in_total(run);
  if (!run.missing_text.empty()) text += wrap_words(run.missing_text);
  text += wrap_words(
      fmt::format("moving data costs {:.1f} % of the energy; psum accumulation and weight loading cost "
                  "{:.1f} % of the PE cycles (scripts/plot_stalls.py shows where)",
                  100 * total.moving_share(), 100 * total.overhead_share()));
  return config::printable(text);
}

}  // namespace weir::report
