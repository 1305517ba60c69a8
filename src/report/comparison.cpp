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

std::ptrdiff_t count(const std::vector<TitledComparisons>& validations, std::string_view word) {
  std::ptrdiff_t sum = 0;
  for (const auto& [title, comparisons] : validations) {
    sum += std::count_if(comparisons.begin(), comparisons.end(),
                         [&](const auto& c) { return verdict(c) == word; });
  }
  return sum;
}

}  // namespace

bool Comparison::outside() const {
  if (!allowed_percent) return false;
  const double difference = difference_percent();
  return !((at_most ? difference : std::abs(difference)) <= *allowed_percent);
}

bool TitledComparisons::any_outside() const {
  return std::any_of(comparisons.begin(), comparisons.end(), [](const Comparison& c) { return c.outside(); });
}

std::string comparison_table(const std::vector<TitledComparisons>& validations) {
  constexpr auto kRow = "{:<12} {:<20} {:<10} {:>10} {:>10} {:>8} {:>9}  {}\n";
  std::string text =
      fmt::format(kRow, "layer", "quantity", "unit", "published", "ours", "diff [%]", "allowed", "verdict");
  for (const auto& [title, comparisons] : validations) {
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
  }
  return text +
         fmt::format("{} passed, {} outside\n", count(validations, "ok"), count(validations, "OUTSIDE"));
}

std::string comparison_json(const std::vector<TitledComparisons>& validations) {
  using Json = nlohmann::ordered_json;
  Json checks = Json::array();
  for (const auto& [title, comparisons] : validations) {
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
  }
  const Json report = {
      {"checks", checks}, {"passed", count(validations, "ok")}, {"outside", count(validations, "OUTSIDE")}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weir::report
