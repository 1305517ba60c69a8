#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/file_keys.h"

namespace weir::cli {
namespace {

using config::Allowed;
using config::Key;
using config::KeyTable;
using config::When;
using Schema = nlohmann::ordered_json;

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('.', begin), path.size());
    parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Schema one_of_type(const Allowed& allowed) {
  using enum Allowed::Type;
  switch (allowed.type) {
    case whole:
      return {{"type", "integer"},
              {"minimum", static_cast<std::int64_t>(allowed.least)},
              {"maximum", static_cast<std::int64_t>(allowed.most)}};
    case number:
      return {{"type", "number"}, {"minimum", allowed.least}, {"maximum", allowed.most}};
    case boolean:
      return {{"type", "boolean"}};
    case word:
      return {{"enum", allowed.words}};
    case name:
    case text:
      return {{"type", {"string", "number"}}};  // 8 is a name, too.
    case map:
      return {{"type", "object"}};
    case any:
      break;
  }
  return Schema::object();
}

/// One of several; of one, it alone.
Schema any_of(const std::vector<Schema>& schemas) {
  return schemas.size() == 1 ? schemas.front() : Schema{{"anyOf", schemas}};
}

Schema value_schema(const Allowed& allowed) {
  std::vector<Schema> ones = {one_of_type(allowed)};
  if (allowed.type != Allowed::Type::word && !allowed.words.empty())
    ones.push_back({{"enum", allowed.words}});
  const Schema one = any_of(ones);
  if (allowed.lengths.empty()) return one;
  std::vector<Schema> forms;
  for (const std::size_t length : allowed.lengths) {
    if (length == 0) {
      forms.push_back(one);
    } else if (length == Allowed::kAnyLength) {
      forms.push_back({{"type", "array"}, {"items", one}});
    } else {
      forms.push_back({{"type", "array"}, {"items", one}, {"minItems", length}, {"maxItems", length}});
    }
  }
  return any_of(forms);
}

Schema default_value(const Key& key) {
  const bool is_list = key.fallback.front() == '[';
  if (!is_list && key.allowed.type != Allowed::Type::whole && key.allowed.type != Allowed::Type::number &&
      key.allowed.type != Allowed::Type::boolean)
    return key.fallback;
  Schema list = Schema::array();
  for (const auto& word : key.allowed.words) {
    if (key.fallback.find(word) != std::string::npos) list.push_back(word);
  }
  return is_list ? list : Schema::parse(key.fallback);
}

Schema explained(const Key& key, Schema schema) {
  std::string text = key.unit.empty() ? key.help : fmt::format("{} [{}]", key.help, key.unit);
  std::erase(text, '`');
  schema["description"] = text;
  if (!key.fallback.empty()) schema["default"] = default_value(key);
  return schema;
}

/// A map that has `leaf` at a path, and must have it if `needed`.
Schema at_path(const std::string& path, const Schema& leaf, bool needed) {
  const auto parts = parts_of(path);
  Schema schema = leaf;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    Schema around = {{"properties", {{*part, schema}}}};
    if (needed) around["required"] = Schema::array({*part});
    schema = around;
  }
  return schema;
}

/// When a row's key is there; nothing where it always is.
std::optional<Schema> condition_of(const Key& key) {
  std::vector<Schema> all;
  for (const When& when : key.when) {
    const Schema words = when.words.empty() ? Schema::object() : Schema{{"enum", when.words}};
    const Schema has = at_path(when.path, words, true);
    all.push_back(when.has ? has : Schema{{"not", has}});
  }
  if (!key.unless.empty()) all.push_back({{"not", at_path(key.unless, Schema::object(), true)}});
  if (all.empty()) return std::nullopt;
  return all.size() == 1 ? all.front() : Schema{{"allOf", all}};
}

/// What holds where a key is there, and where it is not. A path may have several rows, for different cases.
class Cases {
 public:
  explicit Cases(const std::vector<Key>& keys) {
    for (const Key& key : keys) {
      const auto condition = condition_of(key);
      if (!condition) continue;
      Schema value = value_schema(key.allowed);
      add(*condition, "then", at_path(key.path, value, key.required));
      paths_[key.path].push_back(*condition);
    }
    for (const auto& [path, conditions] : paths_)
      add(any_of(conditions), "else", at_path(path, false, false));
  }

  /// Adds them to the schema of the map.
  void add_to(Schema& map) const {
    for (const Schema& one : cases_) map["allOf"].push_back(one);
  }

 private:
  void add(const Schema& condition, const char* branch, const Schema& schema) {
    const auto is_it = [&](const Schema& one) { return one["if"] == condition; };
    auto found = std::find_if(cases_.begin(), cases_.end(), is_it);
    if (found == cases_.end()) found = cases_.insert(found, Schema::object({{"if", condition}}));
    (*found)[branch]["allOf"].push_back(schema);
  }

  std::vector<Schema> cases_;
  std::map<std::string, std::vector<Schema>> paths_;
};

void add_once(Schema& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

/// Puts a key into the properties of the maps on the way to it. The first row of a path explains it; which
/// values are right in which case is said by Cases.
void put(const Key& key, bool has_cases, Schema& root) {
  const auto parts = parts_of(key.path);
  Schema* map = &root;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (key.required && !has_cases) add_once((*map)["required"], parts[i]);
    Schema& next = (*map)["properties"][parts[i]];
    if (next.is_null()) {
      next = i + 1 < parts.size() ? Schema{{"type", "object"}, {"additionalProperties", false}}
             : has_cases          ? explained(key, Schema::object())
                                  : explained(key, value_schema(key.allowed));
    }
    map = &next;
  }
}

Schema map_schema(const KeyTable& table) {
  Schema map = {{"type", "object"}, {"additionalProperties", false}};
  for (const Key& key : table.keys) put(key, condition_of(key).has_value(), map);
  Cases(table.keys).add_to(map);
  return map;
}

/// The schema of the values that a place such as `layers[]` or `mappings.<layer>` means.
Schema& at_place(const std::string& place, Schema& root) {
  Schema* at = &root;
  for (std::string part : parts_of(place)) {
    if (part.starts_with('<')) {
      at = &(*at)["additionalProperties"];
      continue;
    }
    const bool is_list = part.ends_with("[]");
    if (is_list) part.resize(part.size() - 2);
    at = &(*at)["properties"][part];
    if (is_list) at = &(*at)["items"];
  }
  return *at;
}

}  // namespace

std::string keys_schema(const FileKeys& file) {
  Schema root;
  for (const KeyTable& table : file.tables) {
    if (table.place.empty()) {
      root = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", file.about}};
      root.update(map_schema(table));
    } else if (table.place != "-") {
      at_place(table.place, root).update(map_schema(table));
    }
  }
  return root.dump(1) + "\n";
}

}  // namespace weir::cli
