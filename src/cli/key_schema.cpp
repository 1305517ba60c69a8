#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

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

Schema key_schema(const Key& key) {
  Schema schema = value_schema(key.allowed);
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
    if (needed) around["required"] = {*part};
    schema = around;
  }
  return schema;
}

/// When a key is there; nothing where it always is.
std::optional<Schema> condition_of(const Key& key) {
  std::vector<Schema> all;
  for (const When& when : key.when) {
    Schema has = at_path(when.path, {{"enum", when.words}}, true);
    all.push_back(when.has ? has : Schema{{"not", has}});
  }
  if (!key.unless.empty()) all.push_back({{"not", at_path(key.unless, Schema::object(), true)}});
  if (all.empty()) return std::nullopt;
  return all.size() == 1 ? all.front() : Schema{{"allOf", all}};
}

void add_once(Schema& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

/// Puts a key into the properties of the maps on the way to it.
void put(const Key& key, bool needed, Schema& root) {
  const auto parts = parts_of(key.path);
  Schema* map = &root;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (needed) add_once((*map)["required"], parts[i]);
    Schema& next = (*map)["properties"][parts[i]];
    if (i + 1 == parts.size()) {
      next = key_schema(key);
    } else if (next.is_null()) {
      next = {{"type", "object"}, {"additionalProperties", false}};
    }
    map = &next;
  }
}

Schema map_schema(const KeyTable& table) {
  Schema root = {{"type", "object"}, {"additionalProperties", false}};
  struct Cases {
    Schema condition, then = Schema::array(), otherwise = Schema::array();
  };
  std::vector<Cases> cases;
  for (const Key& key : table.keys) {
    const auto condition = condition_of(key);
    put(key, key.required && !condition, root);
    if (!condition) continue;
    auto found =
        std::find_if(cases.begin(), cases.end(), [&](const Cases& c) { return c.condition == *condition; });
    if (found == cases.end()) found = cases.insert(found, {*condition});
    if (key.required) found->then.push_back(at_path(key.path, Schema::object(), true));
    found->otherwise.push_back(at_path(key.path, false, false));
  }
  for (const Cases& c : cases) {
    Schema one = {{"if", c.condition}};
    if (!c.then.empty()) one["then"] = {{"allOf", c.then}};
    one["else"] = {{"allOf", c.otherwise}};
    root["allOf"].push_back(one);
  }
  return root;
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
    } else {
      at_place(table.place, root) = map_schema(table);
    }
  }
  return root.dump(1) + "\n";
}

}  // namespace weir::cli
