#include "cli/file_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "accelerator/keys.h"
#include "cli/validation_keys.h"
#include "config/printable.h"
#include "energy/keys.h"
#include "mapping/keys.h"
#include "sweep/keys.h"
#include "workload/keys.h"

namespace weir::cli {
namespace {

using config::Key;
using config::KeyTable;
using Json = nlohmann::ordered_json;

std::string without(std::string text, char c) {
  std::erase(text, c);
  return text;
}

/// Where a key is, where not everywhere.
std::string where_of(const Key& key) {
  std::string text;
  for (const auto& when : key.when) text += (text.empty() ? "" : ", ") + when.text;
  return text;
}

std::string meaning_of(const Key& key) {
  const std::string where = where_of(key);
  return where.empty() ? key.help : fmt::format("{}: {}", where, key.help);
}

std::string values_of(const Key& key, std::string_view quote) {
  const std::string values = key.allowed.text(quote);
  return key.unit.empty() ? values : fmt::format("{} ({})", values, key.unit);
}

std::string default_of(const Key& key, std::string_view quote) {
  if (key.required) return "required";
  return key.fallback.empty() ? "" : fmt::format("{0}{1}{0}", quote, key.fallback);
}

/// Breaks at blanks, with `indent` blanks in front of each line.
std::string wrapped(const std::string& text, std::size_t indent) {
  constexpr std::size_t kWidth = 100;
  std::string lines, line;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!line.empty() && indent + line.size() + 1 + word.size() > kWidth) {
      lines += std::string(indent, ' ') + std::exchange(line, "") + "\n";
    }
    line += (line.empty() ? "" : " ") + word;
    begin = end + 1;
  }
  return lines + std::string(indent, ' ') + line + "\n";
}

/// What stands behind a # on each line, from line 1.
std::vector<std::string> comments_of(const std::string& path) {
  std::vector<std::string> comments(1);
  std::istringstream file(config::read_text(path));
  for (std::string line; std::getline(file, line);) {
    const auto begin = line.find("# ");
    comments.push_back(begin == std::string::npos ? "" : line.substr(begin + 2));
  }
  return comments;
}

/// Whether its keys are those of another map, which stands before.
bool is_told_already(const KeyTable& table) { return !table.place.empty() && table.title.empty(); }

/// Markdown's own bar ends a cell.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

}  // namespace

std::vector<FileKeys> all_file_keys() {
  return {
      {"accelerator",
       "an accelerator (configs/)",
       config::kAccelerators,
       {{"", "", accelerator_table().keys()}}},
      {"energy",
       "an energy table (configs/energy/)",
       config::kEnergyTables,
       {{"", "", energy::energy_keys()},
        {"-", "A price is a number, that of a word whatever the hardware, or a map", energy::price_keys()},
        {"-", "Each of its points", energy::point_keys()}}},
      {"workload",
       "a workload (workloads/)",
       config::kWorkloads,
       {{"", "", workload_keys()},
        {"layers[]", "Each layer", layer_keys()},
        {"missing", "`missing`", missing_table().keys()}}},
      {"mapping",
       "a mapping (dataflows/)",
       config::kMappings,
       {{"", "", mapping_keys()},
        {"mappings.<layer>", "Each layer's mapping", layer_mapping_keys()},
        {"keep", "`keep`", keep_keys()},
        {"mappings.<layer>.keep", "", keep_keys()}}},
      {"dataflow",
       "a dataflow (dataflows/<name>/dataflow.yaml)",
       config::kDataflows,
       {{"", "", dataflow_keys()},
        {"rules[]", "Each of `rules`", rule_keys()},
        {"keep", "`keep`", dataflow_keep_keys()},
        {"rules[].keep", "", dataflow_keep_keys()}}},
      {"sweep",
       "a sweep (sweeps/)",
       config::kSweeps,
       {{"", "", sweep::sweep_keys()},
        {"base", "`base`", sweep::base_table().keys()},
        {"-", "A range of values, on an axis", sweep::range_keys()},
        {"largest.<path>", "Each of `largest`", sweep::largest_keys()},
        {"sample", "`sample`", sweep::sample_keys()}}},
      {"validation",
       "a validation file (validation/)",
       config::kValidations,
       {{"", "", validation_keys()},
        {"runs[]", "Each run", run_keys()},
        {"runs[].published[]", "Each of `published`", published_keys()},
        {"runs[].against", "`against`", against_keys()},
        {"order", "`order`", order_keys()}}},
  };
}

std::string keys_text(const FileKeys& file) {
  std::string text = fmt::format("Keys of {}\n", file.about);
  for (const KeyTable& table : file.tables) {
    if (is_told_already(table)) continue;
    text += table.title.empty() ? "\n" : fmt::format("\n{}:\n", without(table.title, '`'));
    for (const Key& key : table.keys) {
      const std::string fallback = default_of(key, "");
      text += fmt::format("  {:<36}  {}{}\n", key.path, values_of(key, ""),
                          fallback.empty() ? ""
                          : key.required   ? "; required"
                                           : "; default " + fallback);
      text += wrapped(without(meaning_of(key), '`'), 6);
    }
  }
  return text;
}

std::string keys_of_file(const FileKeys& file, const std::string& path) {
  const config::Node root = config::Node::load(path);
  if (!root.is_map()) root.map();  // Says what it is.
  const auto comments = comments_of(path);
  std::string text = fmt::format("Keys of {}: {}\n\n", file.about, path);
  const auto& keys = file.tables.front().keys;
  for (const Key& key : keys) {
    if (!key.applies(root, keys)) continue;
    const auto value = root.find(key.path);
    if (!value && key.fallback.empty()) continue;
    const auto line = value ? static_cast<std::size_t>(value->mark().line) : 0;
    text += fmt::format("  {:<36}  {:<20}  {}\n", key.path,
                        !value               ? key.fallback
                        : value->is_scalar() ? value->text()
                        : value->is_map()    ? "{...}"
                                             : "[...]",
                        !value                   ? "the default"
                        : line < comments.size() ? comments[line]
                                                 : "");
  }
  return config::printable(text);
}

std::string keys_markdown(const FileKeys& file) {
  std::string text;
  for (const KeyTable& table : file.tables) {
    if (is_told_already(table)) continue;
    if (!text.empty()) text += "\n";
    if (!table.title.empty()) text += fmt::format("{}:\n\n", table.title);
    text += "| key | values | default | meaning |\n| --- | --- | --- | --- |\n";
    for (const Key& key : table.keys) {
      text += fmt::format("| `{}` | {} | {} | {} |\n", key.path, cell(values_of(key, "`")),
                          cell(default_of(key, "`")), cell(meaning_of(key)));
    }
  }
  return text;
}

std::string keys_json(const FileKeys& file) {
  Json list = Json::array();
  for (const KeyTable& table : file.tables) {
    for (const Key& key : table.keys) {
      list.push_back({{"place", table.place},
                      {"key", key.path},
                      {"values", key.allowed.text("")},
                      {"required", key.required},
                      {"default", key.fallback.empty() ? Json() : Json(key.fallback)},
                      {"unit", key.unit.empty() ? Json() : Json(key.unit)},
                      {"where", where_of(key)},
                      {"help", key.help}});
    }
  }
  return list.dump(2) + "\n";
}

}  // namespace weir::cli
