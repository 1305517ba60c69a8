#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "config/key.h"

namespace weir::config {

/// How a value of a file becomes a V, and the other way round.
template <typename V>
struct Value {
  Allowed allowed;
  std::function<void(const Node&, V&)> set;
  std::function<std::string(const V&)> text;  ///< as a file says it
};

Value<std::int64_t> whole(std::int64_t least, std::int64_t most);
Value<double> number(double least, double most);
Value<bool> boolean();
Value<std::string> name();
Value<std::string> text();

/// One of these words, each with what it stands for.
template <typename V>
Value<V> word(const std::vector<std::pair<std::string, V>>& words) {
  Allowed allowed{.type = Allowed::Type::word};
  for (const auto& [word, value] : words) allowed.words.push_back(word);
  return {allowed, [words](const Node& node, V& value) { value = node.choice<V>(words); },
          [words](const V& value) {
            for (const auto& [word, meant] : words) {
              if (meant == value) return word;
            }
            return std::string();
          }};
}

/// A list of those that are true.
template <typename V>
Value<V> flags(const std::vector<std::pair<std::string, bool V::*>>& words) {
  Allowed allowed{.type = Allowed::Type::word, .lengths = {Allowed::kAnyLength}};
  for (const auto& [word, member] : words) allowed.words.push_back(word);
  return {allowed,
          [words](const Node& node, V& value) {
            for (const auto& [word, member] : words) value.*member = false;
            for (const Node& item : node.list()) value.*item.choice<bool V::*>(words) = true;
          },
          [words](const V& value) {
            std::string list;
            for (const auto& [word, member] : words) {
              if (value.*member) list += (list.empty() ? "" : ", ") + word;
            }
            return "[" + list + "]";
          }};
}

/// What there is to say about a key besides its path, its values and its default, which is its member's own.
struct About {
  std::string help;
  std::string unit{};
  bool optional = false;
  bool decides = false;  ///< which other keys there are: it is read before them
  std::vector<When> when{};
  std::string unless{};
};

/// A key, and where its value goes in a T.
template <typename T>
struct Row {
  Key key;
  bool decides = false;
  std::function<void(const Node&, T&)> set;
};

template <typename C, typename M>
C class_of(M C::*);

/// A key that is a member of the struct that is read; First::Rest... is the way to it.
template <auto First, auto... Rest, typename V>
auto key(const std::string& path, const Value<V>& value, const About& about) {
  using T = decltype(class_of(First));
  const auto member = [](auto& t) -> auto& { return ((t.*First).*....*Rest); };
  const T fresh{};
  return Row<T>{{path, value.allowed, !about.optional, about.optional ? value.text(member(fresh)) : "",
                 about.unit, about.help, about.when, about.unless},
                about.decides,
                [set = value.set, member](const Node& node, T& t) { set(node, member(t)); }};
}

/// A key whose value goes where `set` puts it; it has no default.
template <typename T>
Row<T> key(const std::string& path, const Allowed& allowed, std::function<void(const Node&, T&)> set,
           const About& about) {
  return {{path, allowed, !about.optional, "", about.unit, about.help, about.when, about.unless},
          about.decides,
          std::move(set)};
}

/// The keys of a map and the reader of it.
template <typename T>
class Table {
 public:
  Table(std::initializer_list<Row<T>> rows) : rows_(rows) {
    for (const auto& row : rows_) keys_.push_back(row.key);
  }

  const std::vector<Key>& keys() const { return keys_; }

  /// Reads a map into `value`, which keeps what the map leaves out. Throws InputError for values that are not
  /// allowed, and as check_keys().
  void read(const Node& map, T& value) const {
    set(map, value, true);
    check_keys(map, keys_);
    set(map, value, false);
  }

  /// Reads the value of one key, wherever it stands; nothing if there is no such key.
  void read_key(const std::string& path, const Node& node, T& value) const {
    for (const auto& row : rows_) {
      if (row.key.path == path) row.set(node, value);
    }
  }

 private:
  void set(const Node& map, T& value, bool decides) const {
    for (const auto& row : rows_) {
      if (row.decides != decides || !row.key.applies(map, keys_)) continue;
      if (const auto node = map.find(row.key.path)) row.set(*node, value);
    }
  }

  std::vector<Row<T>> rows_;
  std::vector<Key> keys_;
};

}  // namespace weir::config
