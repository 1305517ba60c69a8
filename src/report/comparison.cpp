#include "report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace weir::report {
namespace {

std::string_view verdict(const Comparison& c) {
  if (!c.allowed_percent) return "info";
  return c.outside() ? "OUTSIDE" : "ok";
}

std::string_view verdict(const Ranking& ranking, std::size_t entry) {
  return ranking.outside(entry) ? "OUTSIDE" : "ok";
}

std::string ranking_table(const Ranking& ranking) {
  constexpr auto kRow = "{:<33} {:<10} {:>10} {:>10} {:>8} {:>9}  {}\n";
  std::string text =
      fmt::format("{}: {}, least first, in times the first's\n", ranking.source, ranking.quantity->name);
  text += fmt::format("{}\n", ranking.entries.front().name);
  for (std::size_t i = 1; i < ranking.entries.size(); ++i) {
    const double ours = ranking.times(i), published = ranking.published_times(i);
    text +=
        fmt::format(kRow, ranking.entries[i].name, "times", fmt::format("{:.3f}", published),
                    fmt::format("{:.3f}", ours), fmt::format("{:+.2f}", 100 * (ours / published - 1)),
                    fmt::format("{} to {}", ranking.least_times, ranking.most_times), verdict(ranking, i));
  }
  return text;
}

std::ptrdiff_t count(const std::vector<TitledComparisons>& validations, std::string_view word) {
  std::ptrdiff_t sum = 0;
  for (const auto& [title, comparisons, ranking] : validations) {
    sum += std::count_if(comparisons.begin(), comparisons.end(),
                         [&](const auto& c) { return verdict(c) == word; });
    for (std::size_t i = 1; ranking && i < ranking->entries.size(); ++i)
      sum += verdict(*ranking, i) == word ? 1 : 0;
  }
  return sum;
}

}  // namespace

bool Comparison::outside() const {
  if (!allowed_percent) return false;
  const double difference = difference_percent();
  return !((at_most ? difference : std::abs(difference)) <= *allowed_percent);
}

bool Ranking::outside(std::size_t entry) const {
  const double of_first = times(entry);
  return !(of_first >= least_times && of_first <= most_times &&
           entries[entry].ours >= entries[entry - 1].ours);
}

bool TitledComparisons::any_outside() const {
  for (std::size_t i = 1; ranking && i < ranking->entries.size(); ++i) {
    if (ranking->outside(i)) return true;
  }
  return std::any_of(comparisons.begin(), comparisons.end(), [](const Comparison& c) { return c.outside(); });
}

std::string comparison_table(const std::vector<TitledComparisons>& validations) {
  constexpr auto kRow = "{:<12} {:<20} {:<10} {:>10} {:>10} {:>8} {:>9}  {}\n";
  std::string text =
      fmt::format(kRow, "layer", "quantity", "unit", "published", "ours", "diff [%]", "allowed", "verdict");
  for (const auto& [title, comparisons, ranking] : validations) {
    text += title + "\n";
    std::string_view source;
    for (const Comparison& c : comparisons) {
      if (c.source != source) text += fmt::format("{}\n", c.source);
      source = c.source;
      text += fmt::format(
          kRow, c.layer, c.quantity->name, c.quantity->unit, fmt::format("{:.6g}", c.published),
          fmt::format("{:.5g}", c.ours), fmt::format("{:+.2f}", c.difference_percent()),
          c.allowed_percent ? fmt::format("{}{}", c.at_most ? "<= +" : "", *c.allowed_percent) : "-",
          verdict(c));
    }
    if (ranking) text += ranking_table(*ranking);
  }
  return text +
         fmt::format("{} passed, {} outside\n", count(validations, "ok"), count(validations, "OUTSIDE"));
}

std::string comparison_json(const std::vector<TitledComparisons>& validations) {
  using Json = nlohmann::ordered_json;
  Json checks = Json::array(), rankings = Json::array();
  for (const auto& [title, comparisons, ranking] : validations) {
    for (const Comparison& c : comparisons) {
      checks.push_back({{"validation", title},
                        {"layer", c.layer},
                        {"quantity", c.quantity->name},
                        {"unit", c.quantity->unit},
                        {"published", c.published},
                        {"ours", c.ours},
                        {"difference_percent", c.difference_percent()},
                        {"allowed_percent", c.allowed_percent ? Json(*c.allowed_percent) : Json()},
                        {"at_most", c.at_most},
                        {"verdict", verdict(c)},
                        {"source", c.source}});
    }
    for (std::size_t i = 1; ranking && i < ranking->entries.size(); ++i) {
      rankings.push_back({{"validation", title},
                          {"quantity", ranking->quantity->name},
                          {"first", ranking->entries.front().name},
                          {"name", ranking->entries[i].name},
                          {"published_times", ranking->published_times(i)},
                          {"times", ranking->times(i)},
                          {"allowed", {ranking->least_times, ranking->most_times}},
                          {"verdict", verdict(*ranking, i)},
                          {"source", ranking->source}});
    }
  }
  const Json report = {{"checks", checks},
                       {"rankings", rankings},
                       {"passed", count(validations, "ok")},
                       {"outside", count(validations, "OUTSIDE")}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weir::report
