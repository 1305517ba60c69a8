#include "sweep/spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "sweep/keys.h"

namespace weir::sweep {
namespace {

using config::Node;
using config::TableMap;

constexpr std::size_t kMostValuesOfAll = 1'000'000;

/// Of a formula: letters, digits and _, no digit first.
bool is_name(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789",
                             kLetters = "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return !text.empty() && kDigits.find(text.front()) == std::string_view::npos &&
         text.find_first_not_of(kLetters) == std::string_view::npos;
}

std::size_t count_values(const std::vector<Axis>& axes) {
  return std::accumulate(axes.begin(), axes.end(), std::size_t{0}, [](std::size_t sum, const Axis& axis) {
    return sum + axis.keys.size() * axis.size();
  });
}

/// What an axis says twice would be one point twice.
void check_each_once(const Axis& axis) {
  std::set<std::vector<std::string>> seen;
  for (std::size_t i = 0; i < axis.size(); ++i) {
    std::vector<std::string> texts;
    for (const KeyValues& key : axis.keys) texts.push_back(key.values.at(i).text());
    if (!seen.insert(texts).second)
      axis.keys.front().values.at(i).fail(
          fmt::format("{} a second time; allowed is each value once",
                      config::in_quotes(fmt::format("{}", fmt::join(texts, ", ")))));
  }
}

Axis read_together(const Node& node) {
  Axis axis;
  for (const auto& [path, values] : node.map().entries()) axis.keys.push_back({path, Values(values)});
  if (axis.keys.empty()) node.fail("no keys; allowed is one or more");
  for (const KeyValues& key : axis.keys) {
    if (key.values.size() != axis.size())
      key.path.fail(fmt::format("{} values; allowed is {}, as many as {} has, for they move together",
                                key.values.size(), axis.size(), axis.keys.front().path.text()));
  }
  return axis;
}

Largest read_largest(const Node& path, const Node& node) {
  TableMap map(node, largest_keys());
  const std::int64_t from = map.at("from").integer(0, kMostWhole);
  Largest largest{path, from, map.at("to").integer(from, kMostWhole), map.at("while")};
  map.finish();
  return largest;
}

Sample read_sample(const Node& node) {
  TableMap map(node, sample_keys());
  Sample sample;
  sample.points = static_cast<std::uint64_t>(map.at("points").integer(1, kMostPoints));
  if (const auto seed = map.find("seed"))
    sample.seed = static_cast<std::uint64_t>(seed->integer(0, kMostWhole));
  map.finish();
  return sample;
}

void read_base(const Node& node, SweepSpec& spec) {
  config::check_keys(node, base_table().keys());
  for (const auto& [key, value] : node.map().entries()) {
    if (key.text() == "layers") {
      for (const Node& pattern : value.list()) spec.layers.push_back(pattern.text());
    } else if (key.text() == "set") {
      for (const auto& [path, setting] : value.map().entries()) {
        if (is_choice(path.text())) path.fail("stands in base itself, not in its set");
        spec.base.emplace_back(path, setting);
      }
    } else {
      spec.base.emplace_back(key, value);
    }
  }
}

/// Nothing may be set twice by axes and `largest`; an axis takes the place of what base says.
void check_paths(const SweepSpec& spec) {
  std::set<std::string> seen;
  const auto check = [&](const Node& path) {
    if (!seen.insert(path.text()).second)
      path.fail(fmt::format("{} varies twice; allowed is once", config::in_quotes(path.text())));
  };
  for (const Axis& axis : spec.axes) {
    for (const KeyValues& key : axis.keys) check(key.path);
  }
  for (const Largest& largest : spec.largest) check(largest.path);
}

}  // namespace

bool is_choice(const std::string& path) {
  return std::find(kChoices.begin(), kChoices.end(), path) != kChoices.end();
}

std::vector<std::string> SweepSpec::coordinates() const {
  std::vector<std::string> paths;
  for (const Axis& axis : axes) {
    for (const KeyValues& key : axis.keys) paths.push_back(key.path.text());
  }
  for (const Largest& l : largest) paths.push_back(l.path.text());
  return paths;
}

SweepSpec read_sweep(const Node& root) {
  TableMap map(root, sweep_keys());
  SweepSpec spec;
  spec.mark = root.mark();
  spec.name = map.at("sweep").name();
  read_base(map.at("base"), spec);
  if (const auto axes = map.find("axes")) {
    for (const auto& [path, values] : axes->map().entries()) spec.axes.push_back({{{path, Values(values)}}});
  }
  if (const auto together = map.find("together")) {
    for (const Node& node : together->list()) spec.axes.push_back(read_together(node));
  }
  // Counted before any is made.
  if (const std::size_t values = count_values(spec.axes); values > kMostValuesOfAll)
    root.fail(fmt::format("{} values on all axes; allowed are {}", values, kMostValuesOfAll));
  for (const Axis& axis : spec.axes) check_each_once(axis);
  if (const auto define = map.find("define")) {
    for (const auto& [name, formula] : define->map().entries()) {
      if (!is_name(name.text())) name.fail("a name; allowed are letters, digits and _");
      spec.define.emplace_back(name.text(), formula);
    }
  }
  if (const auto largest = map.find("largest")) {
    for (const auto& [path, node] : largest->map().entries())
      spec.largest.push_back(read_largest(path, node));
  }
  if (const auto where = map.find("where"))
    spec.where = where->is_list() ? where->list() : std::vector{*where};
  if (const auto sample = map.find("sample")) spec.sample = read_sample(*sample);
  map.finish();
  check_paths(spec);
  return spec;
}

}  // namespace weir::sweep
