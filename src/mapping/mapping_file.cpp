#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "mapping/keys.h"
#include "mapping/mapping.h"

namespace weir {
namespace {

using config::Node;
using config::TableMap;

constexpr std::int64_t kMostBound = std::int64_t{1} << 60;
constexpr std::int64_t kMostIterations = std::int64_t{1} << 60;

Loop read_loop(const Node& node) {
  const std::string text = node.text();
  const auto dimension =
      text.size() > 2 && text[1] == '=' ? parse_dimension(text.substr(0, 1)) : std::nullopt;
  std::int64_t bound = 0;
  const char* const end = text.data() + text.size();
  const bool whole = dimension && text[2] != '0' && std::from_chars(text.data() + 2, end, bound).ptr == end;
  if (!whole || bound < 1 || bound > kMostBound) {
    node.fail(fmt::format(
        "loop \"{}\"; allowed is D=bound with D one of G N M C P Q R S and a bound of 1 to 2^60", text));
  }
  return {*dimension, bound};
}

/// Whether the levels that keep a tensor include the global buffer, as they `must` for some.
bool read_kept(const Node& node, bool must) {
  std::vector<std::string> levels;
  for (const Node& level : node.list()) levels.push_back(level.choice({"global_buffer", "pe"}));
  const bool in_both = levels == std::vector<std::string>{"global_buffer", "pe"};
  if (in_both || (!must && levels == std::vector<std::string>{"pe"})) return in_both;
  node.fail(fmt::format("kept in [{}]; allowed is {}[global_buffer, pe]", fmt::join(levels, ", "),
                        must ? "" : "[pe] or "));
}

/// Whether weights are kept in the global buffer.
bool keeps_weights(const Node& node) {
  TableMap map(node, keep_keys());
  for (const char* tensor : {"ifmap", "psum"}) {
    if (const auto levels = map.find(tensor)) read_kept(*levels, true);
  }
  const auto weight = map.find("weight");
  map.finish();
  return weight && read_kept(*weight, false);
}

Mapping read_mapping(const Node& key, const Node& value, bool weights_in_global_buffer) {
  TableMap map(value, layer_mapping_keys());
  Mapping mapping;
  mapping.mark = key.mark();
  const auto keep = map.find("keep");
  mapping.weights_in_global_buffer = keep ? keeps_weights(*keep) : weights_in_global_buffer;
  std::int64_t iterations = 1;
  for (const Level level : kAllLevels) {
    const auto loops = map.find(std::string(level_name(level)));
    if (!loops) continue;
    for (const Node& node : loops->list()) {
      const Loop& loop = mapping.at(level).emplace_back(read_loop(node));
      if (loop.bound > kMostIterations / iterations)
        node.fail("too many iterations of all loops; allowed is up to 2^60");
      iterations *= loop.bound;
    }
  }
  map.finish();
  return mapping;
}

Pins read_pins_of_layer(const Node& key, const Node& value) {
  TableMap map(value, layer_mapping_keys());
  Pins pins;
  pins.mark = key.mark();
  if (const auto keep = map.find("keep")) pins.weights_in_global_buffer = keeps_weights(*keep);
  for (const Level level : kAllLevels) {
    const auto loops = map.find(std::string(level_name(level)));
    if (!loops) continue;
    auto& pinned = pins.levels[static_cast<std::size_t>(level)];
    pinned.more = false;
    for (const Node& node : loops->list()) {
      if (pinned.more) node.fail("a loop behind \"...\"; allowed is \"...\" at the end");
      pinned.more = node.text() == "...";
      if (!pinned.more) pinned.loops.push_back(read_loop(node));
    }
  }
  map.finish();
  return pins;
}

}  // namespace

std::string_view level_name(Level level) {
  static constexpr std::array<std::string_view, kLevels> kNames = {"dram", "global_buffer", "pe_rows",
                                                                   "pe_columns", "pe"};
  return kNames[static_cast<std::size_t>(level)];
}

std::map<std::string, Pins> read_pins(const Node& root) {
  TableMap map(root, mapping_keys());
  std::map<std::string, Pins> file;
  const auto keep = map.find("keep");
  for (const auto& [key, value] : map.at("mappings").map().entries()) {
    Pins& pins = file[key.text()] = read_pins_of_layer(key, value);
    if (keep && !pins.weights_in_global_buffer) pins.weights_in_global_buffer = keeps_weights(*keep);
  }
  map.finish();
  return file;
}

MappingFile read_mappings(const Node& root) {
  TableMap map(root, mapping_keys());
  MappingFile file;
  file.mark.file = root.mark().file;
  const auto keep = map.find("keep");
  const bool weights_in_global_buffer = keep && keeps_weights(*keep);
  for (const auto& [key, value] : map.at("mappings").map().entries()) {
    file.mappings[key.text()] = read_mapping(key, value, weights_in_global_buffer);
  }
  map.finish();
  return file;
}

std::string mapping_text(const std::vector<std::pair<std::string, Mapping>>& mappings) {
  if (mappings.empty()) return "mappings: {}\n";
  std::string text = "mappings:\n";
  for (const auto& [name, mapping] : mappings) {
    text += fmt::format("  {}:\n", name);
    for (const Level level : kAllLevels) {
      std::vector<std::string> loops;
      for (const Loop& loop : mapping.at(level))
        loops.push_back(fmt::format("{}={}", dimension_letter(loop.dimension), loop.bound));
      text += fmt::format("    {:14} [{}]\n", fmt::format("{}:", level_name(level)), fmt::join(loops, ", "));
    }
    if (mapping.weights_in_global_buffer) text += "    keep: {weight: [global_buffer, pe]}\n";
  }
  return text;
}

}  // namespace weir
