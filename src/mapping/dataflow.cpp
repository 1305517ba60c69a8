#include "mapping/dataflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mapping/keys.h"

namespace weir {
namespace {

using config::Node;
using config::TableMap;

/// `D`, `D=all`, `D=number` or `D<=number`.
LoopRule read_rule(const Node& node, std::size_t group) {
  constexpr std::int64_t kMost = std::int64_t{1} << 24;
  const std::string text = node.text();
  const auto wrong = [&] {
    node.fail(fmt::format("loop {}; allowed is D, D=all, D=number or D<=number with D one of G N M C P Q R S",
                          config::in_quotes(text)));
  };
  const auto dimension = parse_dimension(std::string_view(text).substr(0, 1));
  if (!dimension) wrong();
  LoopRule rule;
  rule.dimension = *dimension;
  rule.group = group;
  const std::string rest = text.substr(1);
  if (rest.empty()) return rule;
  if (rest == "=all") {
    rule.limit = LoopRule::Limit::all;
    return rule;
  }
  rule.limit = rest.starts_with("<=") ? LoopRule::Limit::at_most : LoopRule::Limit::exactly;
  const char* const begin = rest.data() + (rest.starts_with("<=") ? 2 : 1);
  const char* const end = rest.data() + rest.size();
  const bool whole = begin < end && *begin >= '1' && *begin <= '9' &&
                     std::from_chars(begin, end, rule.value) == std::from_chars_result{end, std::errc{}};
  if (!(rest.starts_with("<=") || rest.starts_with("=")) || !whole || rule.value > kMost) wrong();
  return rule;
}

/// Psums travel between neighbouring rows, so C, R and S stand innermost on the rows and not on the columns.
void check_place(const Node& node, Level level, const LoopRule& rule, const std::vector<LoopRule>& outside) {
  const char letter = dimension_letter(rule.dimension);
  for (const LoopRule& outer : outside) {
    if (outer.dimension == rule.dimension)
      node.fail(fmt::format("{} stands twice at {}; allowed is once", letter, level_name(level)));
    if (level == Level::pe_rows && is_reduction(outer.dimension) && !is_reduction(rule.dimension)) {
      node.fail(
          fmt::format("{} stands inside {}; allowed is C, R and S innermost, as psums travel between "
                      "neighbouring rows",
                      letter, dimension_letter(outer.dimension)));
    }
  }
  if (level == Level::pe_columns && is_reduction(rule.dimension)) {
    node.fail(fmt::format("{} at pe_columns; allowed are G, N, M, P, Q, as psums travel between rows only",
                          letter));
  }
}

std::vector<LoopRule> read_level(const Node& node, Level level) {
  std::vector<LoopRule> rules;
  std::size_t group = 0;
  const auto add = [&](const Node& loop) {
    const LoopRule rule = read_rule(loop, group);
    check_place(loop, level, rule, rules);
    rules.push_back(rule);
  };
  for (const Node& item : node.list()) {
    if (item.is_list()) {
      if (level != Level::dram && level != Level::global_buffer)
        item.fail("loops in any order; allowed are they at dram and global_buffer");
      for (const Node& loop : item.list()) add(loop);
    } else {
      add(item);
    }
    ++group;
  }
  return rules;
}

std::vector<bool> read_keep(const Node& node) {
  TableMap map(node, dataflow_keep_keys());
  const Node weight = map.at("weight");
  map.finish();
  if (weight.is_scalar()) {
    weight.choice({"any"});
    return {false, true};
  }
  std::vector<std::string> levels;
  for (const Node& level : weight.list()) levels.push_back(level.choice({"global_buffer", "pe"}));
  if (levels == std::vector<std::string>{"pe"}) return {false};
  if (levels == std::vector<std::string>{"global_buffer", "pe"}) return {true};
  weight.fail("weight; allowed is [pe], [global_buffer, pe] or any");
}

std::vector<Preference> read_preferences(const std::optional<Node>& list) {
  if (!list) return {Preference::active_pes, Preference::cycles};
  std::vector<Preference> prefer;
  for (const Node& node : list->list()) {
    prefer.push_back(node.choice<Preference>({{"active_pes", Preference::active_pes},
                                              {"cycles", Preference::cycles},
                                              {"energy", Preference::energy}}));
  }
  return prefer;
}

/// The levels and what is kept where: all of a rule but its name.
Dataflow read_levels(TableMap& map) {
  Dataflow dataflow;
  for (const Level level : kAllLevels) {
    if (const auto node = map.find(std::string(level_name(level))))
      dataflow.at(level) = read_level(*node, level);
  }
  const auto keep = map.find("keep");
  dataflow.weights_in_global_buffer = keep ? read_keep(*keep) : std::vector<bool>{false};
  return dataflow;
}

}  // namespace

const LoopRule* Dataflow::find(Level level, Dimension d) const {
  const auto& rules = at(level);
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const LoopRule& r) { return r.dimension == d; });
  return found == rules.end() ? nullptr : &*found;
}

Dataflow read_dataflow(const Node& root) {
  TableMap map(root, dataflow_keys());
  const std::string name = map.at("dataflow").name();
  const std::vector<Preference> prefer = read_preferences(map.find("prefer"));
  const auto read_rule_of = [&](TableMap& keys, const config::Mark& mark) {
    Dataflow dataflow = read_levels(keys);
    dataflow.name = name;
    dataflow.prefer = prefer;
    dataflow.mark = mark;
    return dataflow;
  };
  Dataflow dataflow;
  if (const auto rules = map.find("rules")) {
    std::vector<Dataflow> all;
    for (const Node& node : rules->list()) {
      TableMap keys(node, rule_keys());
      all.push_back(read_rule_of(keys, node.mark()));
      keys.finish();
    }
    if (all.empty()) rules->fail("no rules; allowed is one or more");
    dataflow = all.front();
    dataflow.alternatives.assign(all.begin() + 1, all.end());
  } else {
    dataflow = read_rule_of(map, root.mark());
  }
  map.finish();
  return dataflow;
}

}  // namespace weir
