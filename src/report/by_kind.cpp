#include "report/by_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/table_layout.h"

namespace weir::report {
namespace {

std::vector<std::pair<std::string_view, std::size_t>> bounds_of(const RunResult& run,
                                                                const std::vector<LayerResult>& layers) {
  std::vector<std::pair<std::string_view, std::size_t>> bounds;
  for (const auto& layer : layers) {
    const auto name = metrics_of(run, layer).bound_by;
    const auto found =
        std::find_if(bounds.begin(), bounds.end(), [&](const auto& bound) { return bound.first == name; });
    if (found == bounds.end()) {
      bounds.push_back({name, 1});
    } else {
      ++found->second;
    }
  }
  std::stable_sort(bounds.begin(), bounds.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return bounds;
}

std::string percent(double part, double whole) {
  return whole == 0 ? "-" : fmt::format("{:.1f}", 100 * part / whole);
}

/// What the PEs do in each kind's cycles, which says why a utilization is low.
std::string pe_cycles_table(const std::vector<KindSum>& kinds, const Metrics& total, std::size_t width) {
  using enum stats::PeState;
  width = std::max<std::size_t>(width, 13);
  std::string text =
      fmt::format("{:{}} {:>6} {:>6} | {:>15} {:>6} {:>6} {:>6} | {:>10} {:>8}\n", "PE cycles [%]", width,
                  "MAC", "psums", "wait for ifmap", "weight", "psum", "output", "fill/drain", "unmapped");
  const auto row = [&](const std::string& name, const Metrics& m) {
    const auto share = [&](std::int64_t cycles) {
      return percent(static_cast<double>(cycles), static_cast<double>(m.pe_cycles.total()));
    };
    const auto& pe = m.pe_cycles;
    text += fmt::format("{:{}} {:>6} {:>6} | {:>15} {:>6} {:>6} {:>6} | {:>10} {:>8}\n", name, width,
                        share(pe[mac] + pe[gated_mac]), share(pe[psum_accumulate]), share(pe[wait_ifmap]),
                        share(pe[wait_weight]), share(pe[wait_psum]), share(pe[wait_output_space]),
                        share(pe[fill_drain]), share(pe[unmapped]));
  };
  for (const auto& kind : kinds) {
    if (kind.metrics.macs > 0) row(kind.kind, kind.metrics);
  }
  row("total", total);
  return text;
}

}  // namespace

std::string kind_of(const Layer& layer) {
  if (layer.kind != LayerKind::conv) return std::string(layer_kind_name(layer.kind));
  const auto& bounds = layer.bounds;
  const bool grouped = bounds[Dimension::G] > 1;
  return fmt::format("{} {}x{}",
                     !grouped                    ? "conv"
                     : bounds[Dimension::C] == 1 ? "depthwise"
                                                 : "grouped",
                     bounds[Dimension::R], bounds[Dimension::S]);
}

std::vector<KindSum> by_kind(const RunResult& run) {
  std::map<std::string, std::vector<LayerResult>> groups;
  for (const auto& result : run.layers) groups[kind_of(result.layer)].push_back(result);
  std::vector<KindSum> kinds;
  for (const auto& [kind, layers] : groups)
    kinds.push_back({kind, layers.size(), metrics_of(run, layers), bounds_of(run, layers)});
  std::stable_sort(kinds.begin(), kinds.end(),
                   [](const auto& a, const auto& b) { return a.metrics.cycles > b.metrics.cycles; });
  return kinds;
}

std::string by_kind_table(const RunResult& run) {
  constexpr std::size_t kBoundsWidth = 28;
  const Metrics total = metrics_of(run, run.layers);
  const Scale energy(total.energy.total(), energy_units(run.energy.unit));
  const Scale time(total.milliseconds, time_units());
  std::size_t width = 5;
  const auto kinds = by_kind(run);
  for (const auto& kind : kinds) width = std::max(width, kind.kind.size());

  std::string text = fmt::format("{:{}} {:>6} {:>7} {:>15} {:>15} {:>6} | {}\n", "kind", width, "layers",
                                 "MACs", "energy", "time", "util", "bound by (layers)");
  text += fmt::format("{:{}} {:>6} {:>7} {:>8} {:>6} {:>8} {:>6} {:>6} |\n", "", width, "", "[%]",
                      energy.unit(), "[%]", time.unit(), "[%]", "[%]");
  const auto row = [&](const std::string& name, std::size_t layers, const Metrics& m) {
    return fmt::format("{:{}} {:>6} {:>7} {:>8} {:>6} {:>8} {:>6} {:>6} |", name, width, layers,
                       percent(static_cast<double>(m.macs), static_cast<double>(total.macs)),
                       energy(m.energy.total()), percent(m.energy.total(), total.energy.total()),
                       time(m.milliseconds), percent(m.milliseconds, total.milliseconds),
                       m.macs == 0 ? "-" : fmt::format("{:.1f}", 100 * m.mac_utilization));
  };
  for (const auto& [kind, layers, metrics, bounds] : kinds) {
    text += row(kind, layers, metrics);
    std::size_t column = 0;
    for (const auto& [name, count] : bounds) {
      const std::string bound = fmt::format(" {} {}", name, count);
      if (column + bound.size() > kBoundsWidth) {
        text += fmt::format("\n{:{}} |", "", width + 54);
        column = 0;
      }
      text += bound;
      column += bound.size();
    }
    text += '\n';
  }
  text += row("total", run.layers.size(), total) + "\n";
  return text + "\n" + pe_cycles_table(kinds, total, width);
}

}  // namespace weir::report
