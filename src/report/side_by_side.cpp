#include "report/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::report {
namespace {

using stats::Component;

bool all_equal(const std::vector<RunResult>& runs, const std::string& (*key)(const RunResult&)) {
  return std::all_of(runs.begin(), runs.end(),
                     [&](const auto& run) { return key(run) == key(runs.front()); });
}

const std::string& dataflow_of(const RunResult& run) { return run.dataflow; }
const std::string& accelerator_of(const RunResult& run) { return run.accelerator.name; }

const LayerResult* find_layer(const RunResult& run, const std::string& name) {
  const auto found = std::find_if(run.layers.begin(), run.layers.end(),
                                  [&](const LayerResult& result) { return result.layer.name == name; });
  return found == run.layers.end() ? nullptr : &*found;
}

template <Component component>
double energy_at(const Metrics& m) {
  return m.energy[component];
}

}  // namespace

SideBySide::SideBySide(std::vector<RunResult> runs, std::vector<std::string> layers, std::string objective)
    : runs_(std::move(runs)), layers_(std::move(layers)), objective_(std::move(objective)) {
  const bool same_accelerator = all_equal(runs_, accelerator_of),
             same_dataflow = all_equal(runs_, dataflow_of);
  for (const RunResult& run : runs_) {
    names_.push_back(same_accelerator ? run.dataflow
                     : same_dataflow  ? run.accelerator.name
                                      : fmt::format("{}:{}", run.accelerator.name, run.dataflow));
  }
  find_common_layers();
}

void SideBySide::find_common_layers() {
  const auto mapped = [&](std::size_t run) { return runs_[run].layers.size(); };
  in_totals_.assign(runs_.size(), true);
  for (std::size_t left = runs_.size(); left > 0; --left) {
    std::copy_if(layers_.begin(), layers_.end(), std::back_inserter(common_), [&](const std::string& name) {
      for (std::size_t run = 0; run < runs_.size(); ++run) {
        if (in_totals_[run] && !find_layer(runs_[run], name)) return false;
      }
      return true;
    });
    if (!common_.empty()) break;
    std::size_t fewest = runs_.size();
    for (std::size_t run = 0; run < runs_.size(); ++run) {
      if (in_totals_[run] && (fewest == runs_.size() || mapped(run) <= mapped(fewest))) fewest = run;
    }
    in_totals_[fewest] = false;
  }
  const auto first = std::find(in_totals_.begin(), in_totals_.end(), true);
  if (first != in_totals_.end()) reference_ = static_cast<std::size_t>(first - in_totals_.begin());
}

std::string SideBySide::folder(const RunResult& run) {
  return fmt::format("{}.{}", run.accelerator.name, run.dataflow);
}

std::optional<Metrics> SideBySide::layer(std::size_t run, const std::string& layer) const {
  const LayerResult* result = find_layer(runs_[run], layer);
  return result ? std::optional(metrics_of(runs_[run], *result)) : std::nullopt;
}

std::optional<Metrics> SideBySide::total(std::size_t run) const {
  if (!in_totals_[run]) return std::nullopt;
  std::vector<LayerResult> results;
  for (const std::string& name : common_) results.push_back(*find_layer(runs_[run], name));
  return metrics_of(runs_[run], results);
}

const std::vector<ComparedQuantity>& compared_quantities() {
  static const std::vector<ComparedQuantity> quantities = {
      {"energy", [](const Metrics& m) { return m.energy.total(); }},
      {"energy_dram", energy_at<Component::dram>},
      {"energy_global_buffer", energy_at<Component::global_buffer>},
      {"energy_network", energy_at<Component::network>},
      {"energy_neighbour", energy_at<Component::neighbour>},
      {"energy_register_file", energy_at<Component::register_file>},
      {"energy_mac", energy_at<Component::mac>},
      {"cycles", [](const Metrics& m) { return static_cast<double>(m.cycles); }},
      {"milliseconds", [](const Metrics& m) { return m.milliseconds; }},
      {"mac_utilization", [](const Metrics& m) { return m.mac_utilization; }},
      {"dram_words_per_mac", [](const Metrics& m) { return m.dram_words_per_mac; }},
      {"energy_delay_product", energy_delay_product},
  };
  return quantities;
}

double energy_delay_product(const Metrics& m) { return m.energy.total() * m.milliseconds; }

std::optional<double> relative(double value, double first) {
  return first == 0 ? std::nullopt : std::optional(value / first);
}

}  // namespace weir::report
