#include "config/key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

namespace weir::config {
namespace {

/// 4096, 2^31, 0.001.
std::string number_text(double value) {
  constexpr double kLongest = 1e9;
  if (value > kLongest && value < 0x1p62) {
    const auto whole = static_cast<std::uint64_t>(value);
    if (static_cast<double>(whole) == value && std::has_single_bit(whole))
      return fmt::format("2^{}", std::countr_zero(whole));
  }
  return fmt::format("{}", value);
}

bool holds(const When& when, const Node& map) {
  const auto value = map.find(when.path);
  const bool has = value && value->is_scalar() &&
                   std::find(when.words.begin(), when.words.end(), value->text()) != when.words.end();
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

/// That a key is missing, at the innermost map around it that there is.
InputError missing(const Node& map, const std::string& path) {
  for (auto dot = path.rfind('.'); dot != std::string::npos && dot > 0; dot = path.rfind('.', dot - 1)) {
    if (const auto around = map.find(path.substr(0, dot)))
      return around->error(fmt::format("missing key \"{}\"", path.substr(dot + 1)));
  }
  return map.error(fmt::format("missing key \"{}\"", path));
}

}  // namespace

std::string Allowed::text(std::string_view quote) const {
  const auto quoted = [&] {
    std::vector<std::string> all;
    for (const auto& word : words) all.push_back(fmt::format("{0}{1}{0}", quote, word));
    return fmt::format("{}", fmt::join(all, ", "));
  };
  std::string one;
  switch (type) {
    case Type::whole:
    case Type::number:
      one = fmt::format("{}, {} to {}", type == Type::whole ? "whole number" : "number", number_text(least),
                        number_text(most));
      if (!words.empty()) one += " or " + quoted();
      break;
    case Type::boolean:
      one = fmt::format("{0}true{0}, {0}false{0}", quote);
      break;
    case Type::word:
      one = quoted();
      break;
    case Type::name:
      one = "name";
      break;
    case Type::text:
      one = "text";
      break;
    case Type::map:
      one = "map";
      break;
    case Type::any:
      break;
  }
  if (!form.empty()) one = fmt::format("{0}{1}{0}{2}{3}", quote, form, one.empty() ? "" : " of ", one);
  const bool is_list = !lengths.empty();
  return is_list && form.empty() ? "list of " + one : one;
}

bool Key::applies(const Node& map, const std::vector<Key>& all) const {
  if (!std::all_of(when.begin(), when.end(), [&](const When& w) { return holds(w, map); })) return false;
  if (unless.empty() || !map.find(unless)) return true;
  const auto other =
      std::find_if(all.begin(), all.end(), [this](const Key& key) { return key.path == unless; });
  return other == all.end() || !other->applies(map, all);
}

void check_keys(const Node& map, const std::vector<Key>& keys) {
  std::vector<const Key*> there;
  for (const Key& key : keys) {
    if (key.applies(map, keys)) there.push_back(&key);
  }
  check_known(map, "", there);
  std::vector<InputError> errors;
  for (const Key* key : there) {
    if (key->required && !map.find(key->path)) errors.push_back(missing(map, key->path));
  }
  if (!errors.empty()) throw InputError(errors);
}

}  // namespace weir::config
