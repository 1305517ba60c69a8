#include "config/key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

namespace weir::config {
namespace {

/// 4096, 2^31, 1e12, 0.001.
std::string number_text(double value) {
  constexpr double kLongest = 1e7;
  if (std::abs(value) > kLongest) {
    const auto whole = value > 0 && value < 0x1p62 ? static_cast<std::uint64_t>(value) : 0;
    if (static_cast<double>(whole) == value && std::has_single_bit(whole))
      return fmt::format("2^{}", std::countr_zero(whole));
    return fmt::format("{:g}", value);
  }
  return fmt::format("{}", value);
}

bool holds(const When& when, const Node& map) {
  const auto value = map.find(when.path);
  const auto& words = when.words;
  const bool has = value && value->is_scalar() &&
                   (words.empty() || std::find(words.begin(), words.end(), value->text()) != words.end());
  return has == when.has;
}

/// The names of the keys and maps that stand below `above`, each once.
std::vector<std::string> names_below(const std::string& above, const std::vector<const Key*>& keys) {
  std::vector<std::string> names;
  for (const Key* key : keys) {
    if (!key->path.starts_with(above)) continue;
    const std::string rest = key->path.substr(above.size());
    const std::string name = rest.substr(0, rest.find('.'));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

void check_known(const Node& map, const std::string& above, const std::vector<const Key*>& keys) {
  const auto names = names_below(above, keys);
  for (const auto& [key, value] : map.map().entries()) {
    const std::string name = key.text();
    if (std::find(names.begin(), names.end(), name) == names.end())
      key.fail(fmt::format("unknown key {}{}", in_quotes(name), hint(name, names)));
    const std::string below = above + name + ".";
    if (std::any_of(keys.begin(), keys.end(), [&](const Key* k) { return k->path.starts_with(below); }))
      check_known(value, below, keys);
  }
}

/// The innermost map around a path that there is, and the rest of the path from there.
std::pair<Node, std::string> around(const Node& map, const std::string& path) {
  for (auto dot = path.rfind('.'); dot != std::string::npos && dot > 0; dot = path.rfind('.', dot - 1)) {
    const auto inner = map.find(path.substr(0, dot));
    if (!inner) continue;
    if (!inner->is_map()) inner->map();  // Says what it is.
    return {*inner, path.substr(dot + 1)};
  }
  return {map, path};
}

/// That a key is missing; fails at an unknown key there that looks like a slip for it.
InputError missing(const Node& map, const std::string& path, const std::vector<const Key*>& keys) {
  const auto [inner, rest] = around(map, path);
  const auto names = names_below(path.substr(0, path.size() - rest.size()), keys);
  const std::string name = rest.substr(0, rest.find('.'));
  for (const auto& [key, value] : inner.map().entries()) {
    const std::string other = key.text();
    if (std::find(names.begin(), names.end(), other) == names.end() && nearest(other, {name}))
      key.fail(fmt::format("unknown key {}{}", in_quotes(other), hint(other, {name})));
  }
  return inner.error(fmt::format("missing key \"{}\"", rest));
}

}  // namespace

std::string Allowed::text(std::string_view quote) const {
  const auto quoted = [&](const std::string& text) { return fmt::format("{0}{1}{0}", quote, text); };
  std::string all_words;
  for (const auto& word : words) all_words += (all_words.empty() ? "" : ", ") + quoted(word);
  const bool is_number = type == Type::whole || type == Type::number;
  std::string one;
  if (is_number) {
    one = fmt::format("{}, {} to {}", type == Type::whole ? "whole number" : "number", number_text(least),
                      number_text(most));
    if (!words.empty()) one += " or " + all_words;
  } else if (type == Type::boolean) {
    one = quoted("true") + ", " + quoted("false");
  } else {
    static constexpr std::string_view kNames[] = {"", "", "", "", "name", "text", "map", "value"};
    one = type == Type::word ? all_words : kNames[static_cast<std::size_t>(type)];
  }
  if (form.empty()) return lengths.empty() ? one : "list of " + one;
  const std::string how = form.starts_with('[') ? quoted(form) : form;
  return is_number ? fmt::format("{}; {}", how, one) : how;
}

bool Key::applies(const Node& map, const std::vector<Key>& all) const {
  if (!std::all_of(when.begin(), when.end(), [&](const When& w) { return holds(w, map); })) return false;
  if (unless.empty() || !map.find(unless)) return true;
  const auto other =
      std::find_if(all.begin(), all.end(), [this](const Key& key) { return key.path == unless; });
  return other == all.end() || !other->applies(map, all);
}

void check_keys(const Node& map, const std::vector<Key>& keys) {
  const auto is_missing = [&](const Key& key) { return key.required && !map.find(key.path); };
  const auto decides = [&](const Key& key) {
    return std::any_of(keys.begin(), keys.end(), [&](const Key& other) {
      return std::any_of(other.when.begin(), other.when.end(),
                         [&](const When& w) { return w.path == key.path; });
    });
  };
  // Without what decides which keys there are, any of them may be meant.
  const bool open =
      std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return is_missing(key) && decides(key); });
  std::vector<const Key*> there;
  for (const Key& key : keys) {
    if (open || key.applies(map, keys)) there.push_back(&key);
  }
  std::vector<InputError> errors;
  for (const Key* key : there) {
    if (is_missing(*key) && (!open || (key->when.empty() && key->applies(map, keys))))
      errors.push_back(missing(map, key->path, there));
  }
  if (!errors.empty()) throw InputError(errors);
  check_known(map, "", there);
}

TableMap::TableMap(const Node& map, const std::vector<Key>& keys) : map_(map), keys_(keys) {
  if (!map.is_map()) map.map();  // Says so.
  check_keys(map, keys);
}

std::optional<Node> TableMap::find(const std::string& path) {
  if (std::none_of(keys_.begin(), keys_.end(), [&](const Key& key) { return key.path == path; }))
    throw std::logic_error(fmt::format("key {} is in no table", path));
  asked_.push_back(path);
  return map_.find(path);
}

Node TableMap::at(const std::string& path) {
  if (auto value = find(path)) return *value;
  const auto [inner, rest] = around(map_, path);
  inner.fail(fmt::format("missing key \"{}\"", rest));
}

void TableMap::finish() const {
  std::vector<const Key*> asked;
  for (const Key& key : keys_) {
    if (std::find(asked_.begin(), asked_.end(), key.path) != asked_.end()) asked.push_back(&key);
  }
  check_known(map_, "", asked);
}

}  // namespace weir::config
