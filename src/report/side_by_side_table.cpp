#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>

#include "config/printable.h"
#include "report/side_by_side.h"
#include "report/table_layout.h"

namespace weir::report {
namespace {

using stats::Component;

/// A column: its heads, how wide it is in absolute and in relative numbers, and its value, scaled.
struct Column {
  std::string head, unit;
  int width, relative_width;
  std::function<double(const Metrics&)> of;
  std::function<std::string(double)> text;
};

/// A ratio in at most five characters: 0.04, 1.92, 13.5, 1234.
std::string ratio_text(std::optional<double> ratio) {
  if (!ratio) return "-";
  if (*ratio >= 99999.5) return fmt::format("{:.0e}", *ratio);
  return *ratio >= 999.5   ? fmt::format("{:.0f}", *ratio)
         : *ratio >= 9.995 ? fmt::format("{:.1f}", *ratio)
                           : fmt::format("{:.2f}", *ratio);
}

/// Two tables of the same rows: what each column is, then what it is in relation to the first run.
class Table {
 public:
  /// `reference`: the run that the second table puts all in relation to.
  Table(std::vector<std::string> names, std::vector<Column> columns, std::size_t reference)
      : names_(std::move(names)), columns_(std::move(columns)), reference_(reference) {
    for (const auto& name : names_) width_ = std::max(width_, name.size());
  }

  std::string heads() const {
    std::string upper = fmt::format("{:{}}", "", width_), lower = upper;
    for (const Column& c : columns_) {
      upper += fmt::format("{:>{}}", c.head, c.width);
      lower += fmt::format("{:>{}}", c.unit, c.width);
    }
    upper += " |";
    std::size_t width = 0;
    for (const Column& c : columns_) {
      upper += fmt::format("{:>{}}", c.head, c.relative_width);
      width += static_cast<std::size_t>(c.relative_width);
    }
    lower += fmt::format(" |{:^{}}", fmt::format("[of {}'s]", names_[reference_]), width);
    return line(upper) + line(lower);
  }

  /// A row a run; where `metrics(run)` is nothing, `why(run)` says so.
  std::string rows(const std::function<std::optional<Metrics>(std::size_t)>& metrics,
                   const std::function<std::string_view(std::size_t)>& why) const {
    std::string text;
    const auto first = metrics(reference_);
    for (std::size_t run = 0; run < names_.size(); ++run) {
      const auto m = metrics(run);
      std::string row = fmt::format("{:{}}", names_[run], width_);
      if (!m) {
        text += line(fmt::format("{}  {}", row, why(run)));
        continue;
      }
      for (const Column& c : columns_) row += fmt::format("{:>{}}", c.text(c.of(*m)), c.width);
      row += " |";
      for (const Column& c : columns_) {
        const auto ratio = first ? relative(c.of(*m), c.of(*first)) : std::nullopt;
        row += fmt::format("{:>{}}", ratio_text(ratio), c.relative_width);
      }
      text += line(row);
    }
    return text;
  }

 private:
  static std::string line(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text + '\n';
  }

  std::vector<std::string> names_;
  std::vector<Column> columns_;
  std::size_t reference_;
  std::size_t width_ = 5;
};

/// The largest that a number gets in any row of the table.
double largest(const SideBySide& comparison, bool by_layer, double (*of)(const Metrics&)) {
  double most = 0;
  for (std::size_t run = 0; run < comparison.runs().size(); ++run) {
    if (const auto total = comparison.total(run)) most = std::max(most, of(*total));
    if (!by_layer) continue;
    for (const auto& name : comparison.layers()) {
      if (const auto layer = comparison.layer(run, name)) most = std::max(most, of(*layer));
    }
  }
  return most;
}

std::vector<Column> energy_columns(const SideBySide& comparison, bool by_layer) {
  const auto total = [](const Metrics& m) { return m.energy.total(); };
  const Scale scale(largest(comparison, by_layer, total),
                    energy_units(comparison.runs().front().energy.unit));
  const auto at = [](std::vector<Component> components) {
    return [components = std::move(components)](const Metrics& m) {
      double sum = 0;
      for (const Component c : components) sum += m.energy[c];
      return sum;
    };
  };
  return {{"energy", scale.unit(), 7, 7, total, scale},
          {"DRAM", "", 7, 6, at({Component::dram}), scale},
          {"buffer", "", 7, 7, at({Component::global_buffer}), scale},
          {"array", "", 7, 6, at({Component::network, Component::neighbour}), scale},
          {"RF", "", 7, 6, at({Component::register_file}), scale},
          {"MAC", "", 7, 6, at({Component::mac}), scale}};
}

std::vector<Column> performance_columns(const SideBySide& comparison, bool by_layer) {
  const auto cycles = [](const Metrics& m) { return static_cast<double>(m.cycles); };
  const auto time = [](const Metrics& m) { return m.milliseconds; };
  const Scale in_cycles(largest(comparison, by_layer, cycles), count_units());
  const Scale in_time(largest(comparison, by_layer, time), time_units());
  const Scale in_edp(largest(comparison, by_layer, energy_delay_product),
                     energy_delay_units(comparison.runs().front().energy.unit));
  return {{"cycles", in_cycles.unit(), 8, 7, cycles, in_cycles},
          {"time", in_time.unit(), 8, 7, time, in_time},
          {"util", "[%]", 6, 7, [](const Metrics& m) { return m.mac_utilization; },
           [](double value) { return fmt::format("{:.1f}", 100 * value); }},
          {"DRAM", "acc/MAC", 9, 7, [](const Metrics& m) { return m.dram_words_per_mac; },
           [](double value) { return fmt::format("{:.4f}", value); }},
          {"EDP", in_edp.unit(), 11, 7, energy_delay_product, in_edp}};
}

/// Names that fit the table: those of the runs, or letters where these are too long.
std::vector<std::string> short_names(const SideBySide& comparison) {
  constexpr std::size_t kLongest = 18;
  std::vector<std::string> names;
  bool fit = true;
  for (std::size_t run = 0; run < comparison.runs().size(); ++run) {
    names.push_back(comparison.name(run));
    fit = fit && names.back().size() <= kLongest;
  }
  if (fit) return names;
  for (std::size_t run = 0; run < names.size(); ++run) names[run] = fmt::format("({})", run + 1);
  return names;
}

std::string title(const SideBySide& comparison) {
  const auto& runs = comparison.runs();
  const RunResult& first = runs.front();
  std::vector<std::string> parts, verdicts, clocks;
  const auto add_new = [](std::vector<std::string>& list, const std::string& text) {
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
  };
  for (const RunResult& run : runs) {
    if (!run.layers.empty()) add_new(verdicts, verdict(run));
    add_new(clocks, fmt::format("{} MHz", run.accelerator.clock_mhz));
  }
  const auto is_same = [&](auto key) {
    return std::all_of(runs.begin(), runs.end(), [&](const auto& run) { return key(run) == key(first); });
  };
  parts.push_back(first.workload);
  if (is_same([](const RunResult& run) { return run.accelerator.name; }))
    parts.push_back(first.accelerator.name);
  if (is_same([](const RunResult& run) { return run.dataflow; })) parts.push_back(first.dataflow);
  parts.push_back(fmt::format("batch {}", first.batch));
  parts.push_back(fmt::format("{}", fmt::join(clocks, ", ")));
  parts.push_back(fmt::format("least {}", comparison.objective()));
  parts.push_back(fmt::format("{}", fmt::join(verdicts, ", ")));
  if (first.overlap == Overlap::total) parts.emplace_back("DRAM time included");
  return wrap(parts, " | ");
}

/// What is not in the totals, and why: each reason once.
std::string omissions(const SideBySide& comparison) {
  std::string text;
  for (std::size_t i = 0; i < comparison.runs().size(); ++i) {
    for (const auto& [reason, layers] : unmapped_by_reason(comparison.runs()[i].unmapped))
      text += wrap_words(
          fmt::format("{} cannot map {}: {}", comparison.name(i), fmt::join(layers, ", "), reason));
  }
  if (const auto& missing = comparison.runs().front().missing_text; !missing.empty())
    text += wrap_words(missing);
  const auto all = comparison.layers().size(), common = comparison.common_layers().size();
  if (common == 0) return text + "no totals: there is no layer that any can map\n";
  std::vector<std::string> without;
  for (std::size_t i = 0; i < comparison.runs().size(); ++i) {
    if (!comparison.in_totals(i)) without.push_back(comparison.name(i));
  }
  const std::string who = without.empty() ? "" : fmt::format(", without {}", fmt::join(without, ", "));
  if (common < all) {
    text += wrap_words(fmt::format("totals are over the {} of {} layers that all{} can map{}: {}", common,
                                   all, without.empty() ? "" : " others", who,
                                   fmt::join(comparison.common_layers(), ", ")));
  } else if (!without.empty()) {
    text += wrap_words(fmt::format("totals are over all layers{}", who));
  }
  return text;
}

}  // namespace

std::string side_by_side_table(const SideBySide& comparison, bool by_layer) {
  const auto names = short_names(comparison);
  std::string text = title(comparison);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != comparison.name(i)) text += fmt::format("{} {}\n", names[i], comparison.name(i));
  }
  for (const auto& columns :
       {energy_columns(comparison, by_layer), performance_columns(comparison, by_layer)}) {
    const Table table(names, columns, comparison.reference());
    const auto not_mapped = [](std::size_t) { return std::string_view("not mapped"); };
    const auto left_out = [&](std::size_t run) {
      return std::string_view(comparison.runs()[run].layers.empty() ? "not mapped" : "not in the totals");
    };
    text += '\n';
    text += table.heads();
    if (by_layer) {
      for (const auto& layer : comparison.layers())
        text += layer + "\n" +
                table.rows([&](std::size_t run) { return comparison.layer(run, layer); }, not_mapped);
      if (!comparison.common_layers().empty()) text += "total\n";
    }
    if (!comparison.common_layers().empty())
      text += table.rows([&](std::size_t run) { return comparison.total(run); }, left_out);
  }
  const std::string omitted = omissions(comparison);
  if (!omitted.empty()) text += '\n';
  return config::printable(text + omitted);
}

}  // namespace weir::report
