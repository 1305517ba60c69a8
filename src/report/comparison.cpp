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

std::ptrdiff_t count(const std::vector<Comparison>& comparisons, std::string_view word) {
  return std::count_if(comparisons.begin(), comparisons.end(),
                       [&](const auto& c) { return verdict(c) == word; });
}

}  // namespace

bool Comparison::outside() const {
  return allowed_percent && !(std::abs(difference_percent()) <= *allowed_percent);
}

std::string comparison_table(const std::string& title, const std::vector<Comparison>& comparisons) {
  constexpr auto kRow = "{:<12} {:<20} {:<10} {:>10} {:>10} {:>8} {:>9}  {}\n";
  std::string text = title + "\n";
  text +=
      fmt::format(kRow, "layer", "quantity", "unit", "published", "ours", "diff [%]", "allowed", "verdict");
  std::string_view source;
  for (const Comparison& c : comparisons) {
    if (c.source != source) text += fmt::format("{}\n", c.source);
    source = c.source;
    text += fmt::format(kRow, c.layer, c.quantity->name, c.quantity->unit, fmt::format("{}", c.published),
                        fmt::format("{:.5g}", c.ours), fmt::format("{:+.2f}", c.difference_percent()),
                        c.allowed_percent ? fmt::format("{}", *c.allowed_percent) : "-", verdict(c));
  }
  return text +
         fmt::format("{} passed, {} outside\n", count(comparisons, "ok"), count(comparisons, "OUTSIDE"));
}

std::string comparison_json(const std::string& title, const std::vector<Comparison>& comparisons) {
  using Json = nlohmann::ordered_json;
  Json checks = Json::array();
  for (const Comparison& c : comparisons) {
    checks.push_back({{"layer", c.layer},
                      {"quantity", c.quantity->name},
                      {"unit", c.quantity->unit},
                      {"published", c.published},
                      {"ours", c.ours},
                      {"difference_percent", c.difference_percent()},
                      {"allowed_percent", c.allowed_percent ? Json(*c.allowed_percent) : Json()},
                      {"verdict", verdict(c)},
                      {"source", c.source}});
  }
  const Json report = {{"validation", title},
                       {"checks", checks},
                       {"passed", count(comparisons, "ok")},
                       {"outside", count(comparisons, "OUTSIDE")}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weir::report
