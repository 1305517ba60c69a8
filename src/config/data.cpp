#include "config/data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "config/printable.h"

namespace weir::config {
namespace {

std::string located(const Mark& mark, std::string_view message) {
  const std::string place = mark.line > 0 ? fmt::format(":{}:{}", mark.line, mark.column) : "";
  return one_line(fmt::format("{}{}: error: {}", mark.file, place, message));
}

std::string lines_of(const std::vector<InputError>& errors) {
  std::string lines;
  for (const InputError& error : errors) lines += (lines.empty() ? "" : "\n") + std::string(error.what());
  return lines;
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = std::exchange(last, row);
  }
  return last[b.size()];
}

}  // namespace

InputError::InputError(const Mark& mark, std::string_view message)
    : std::runtime_error(located(mark, message)) {}

InputError::InputError(const std::vector<InputError>& errors) : std::runtime_error(lines_of(errors)) {}

std::string Node::Data::path() const {
  if (!parent) return "";
  std::string above = parent->path();
  const auto own = std::find_if(parent->values.begin(), parent->values.end(),
                                [this](const DataPtr& value) { return value.get() == this; });
  if (own == parent->values.end()) return above;
  const auto i = static_cast<std::size_t>(own - parent->values.begin());
  if (parent->kind == Kind::list) return fmt::format("{}[{}]", above, i);
  return above + (above.empty() ? "" : ".") + parent->keys[i]->scalar;
}

std::vector<std::string> Node::Data::key_names() const {
  std::vector<std::string> names;
  for (const DataPtr& key : keys) names.push_back(key->scalar);
  return names;
}

std::size_t Node::Data::index_of(std::string_view key) const {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [key](const DataPtr& k) { return k->scalar == key; });
  return static_cast<std::size_t>(found - keys.begin());
}

InputError error_at(const Node::Data& data, std::string_view message) {
  const std::string path = data.path();
  return {data.mark, path.empty() ? std::string(message) : fmt::format("{} (in {})", message, path)};
}

void fail_at(const Node::Data& data, std::string_view message) { throw error_at(data, message); }

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return fmt::format("\"{}\"", text);
  std::size_t length = kLongest;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;  // whole UTF-8
  return fmt::format("\"{}...\"", text.substr(0, length));
}

std::string hint(std::string_view word, const std::vector<std::string>& allowed) {
  if (const auto near = nearest(word, allowed)) return fmt::format("; did you mean \"{}\"?", *near);
  return fmt::format("; allowed is {}",
                     allowed.empty() ? "nothing" : fmt::to_string(fmt::join(allowed, ", ")));
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& allowed) {
  std::optional<std::string> best;
  std::size_t least = 0;
  for (const std::string& candidate : allowed) {
    const std::size_t longer = std::max(word.size(), candidate.size());
    if (longer > 100) continue;
    const std::size_t distance = edit_distance(word, candidate);
    const bool near = distance < word.size() && distance <= std::max<std::size_t>(1, longer / 3);
    if (near && (!best || distance < least)) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

void check_duplicates(const Node::Data& data) {
  std::set<std::string_view> seen;
  for (const DataPtr& key : data.keys) {
    if (!seen.insert(key->scalar).second) {
      fail_at(*key, fmt::format("duplicate key {}; allowed is each key once", in_quotes(key->scalar)));
    }
  }
  for (const DataPtr& value : data.values) check_duplicates(*value);
}

void apply_override(Node::Data& root, const std::string& assignment) {
  const Mark mark{"--set " + assignment};
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError(mark, "no key or no value; allowed is key=value, such as a.b.c=1");
  }
  DataPtr value = parse_yaml(assignment.substr(equals + 1), mark.file, false);
  std::string_view rest = std::string_view(assignment).substr(0, equals);
  Node::Data* map = &root;
  while (true) {
    if (map->kind != Kind::map)
      throw InputError(mark, fmt::format("{} is not a map", in_quotes(map->path())));
    const std::size_t dot = rest.find('.');
    const std::string_view key = rest.substr(0, dot);
    const std::size_t i = map->index_of(key);
    if (dot == std::string_view::npos) {
      if (i == map->keys.size()) {
        map->keys.push_back(std::make_unique<Node::Data>(Kind::scalar, mark, map));
        map->keys.back()->scalar = key;
        map->values.emplace_back();
      }
      value->parent = map;
      map->values[i] = std::move(value);
      return;
    }
    if (i == map->keys.size()) {
      throw InputError(mark, fmt::format("no key {}{}", in_quotes(key), hint(key, map->key_names())));
    }
    map = map->values[i].get();
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace weir::config
