#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::config {

/// A place in an input file; line and column count from 1, 0 where there is none.
struct Mark {
  std::string file;
  int line = 0;
  int column = 0;
};

/// Bad input. what() is the whole message: `file:line:column: error: what is wrong, and what is allowed`.
class InputError : public std::runtime_error {
 public:
  InputError(const Mark& mark, std::string_view message);
  /// Several, a line each.
  explicit InputError(const std::vector<InputError>& errors);
};

class Map;

/// A value of a YAML file that knows where it stands and by which path (a.b[2].c) it was reached. Every
/// reader throws InputError when the value is of another type or outside the allowed range.
class Node {
 public:
  /// Parses `path`. Duplicate keys, anchors, aliases, tags, several documents and files over 1 MiB are
  /// errors. `overrides` are `a.b.c=value`, set before anything is read (--set).
  static Node load(const std::string& path, const std::vector<std::string>& overrides = {});
  /// The same for a text; `name` stands for the file in messages.
  static Node parse(const std::string& text, const std::string& name,
                    const std::vector<std::string>& overrides = {});

  /// A value made by the program, such as a step of a range; `mark` says what it was made from.
  static Node scalar(const std::string& text, const Mark& mark);

  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;

  Map map() const;
  std::vector<Node> list() const;
  std::string text() const;
  /// A name: 1 to 64 letters, digits, `_`, `.` and `-`.
  std::string name() const;
  bool boolean() const;
  /// Decimal digits with an optional minus; neither 0x10 nor 010 nor 1e3.
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  double number(double least, double most) const;
  /// One of `allowed`; the error names the nearest.
  std::string choice(const std::vector<std::string>& allowed) const;
  /// The value that goes with one of the words: choice<Barrier>({{"none", Barrier::none}, ...}).
  template <typename T>
  T choice(const std::vector<std::pair<std::string, T>>& allowed) const {
    std::vector<std::string> words;
    for (const auto& [word, value] : allowed) words.push_back(word);
    const std::string chosen = choice(words);
    return std::find_if(allowed.begin(), allowed.end(), [&](const auto& a) { return a.first == chosen; })
        ->second;
  }

  /// The value at a path (a.b.c) below this map, if there is one. A Map does not count it as read.
  std::optional<Node> find(std::string_view path) const;
  /// The path (a.b.c) of every value below this map that is no map itself, in order.
  std::vector<std::string> paths() const;
  /// A copy of this map with other values at some paths; values and new keys keep their own marks. A path to
  /// a new key of an existing map adds it, for the reader to judge; any other is an error at the path, with
  /// the nearest that exists. Paths are texts.
  Node with(const std::vector<std::pair<Node, Node>>& settings) const;

  const Mark& mark() const;
  /// The map or list that this value is in.
  Node parent() const;
  /// What is wrong with this value, with its path.
  InputError error(std::string_view message) const;
  /// Throws it.
  [[noreturn]] void fail(std::string_view message) const;

  /// What was parsed, overrides included, as YAML text (--print-config).
  std::string dump() const;

  struct Data;
  explicit Node(std::shared_ptr<const Data> data);

 private:
  friend class Map;
  std::shared_ptr<const Data> data_;
};

/// A mapping of keys to values that remembers what was asked for: call finish() when all has been read, and a
/// key that nothing read is an error with a hint at the nearest known key.
class Map {
 public:
  explicit Map(const Node& node);

  /// The value of a key; an error at the map when it is missing, or at the unknown key that looks like a slip
  /// for it.
  Node at(const std::string& key);
  std::optional<Node> find(const std::string& key);
  /// All keys in the file's order, each marked as read; the keys are nodes so that messages can point at
  /// them.
  std::vector<std::pair<Node, Node>> entries();
  void finish() const;

 private:
  Node node_;
  std::vector<std::string> known_;
  bool all_read_ = false;
};

/// What a file says, up to 1 MiB. Throws InputError when it cannot be read.
std::string read_text(const std::string& path);

/// The one of `allowed` nearest to `word` by edit distance, if it is near enough to be a slip.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& allowed);

/// Text in quotes, cut when it is long.
std::string in_quotes(std::string_view text);
/// `; did you mean "x"?` or else all that is allowed.
std::string hint(std::string_view word, const std::vector<std::string>& allowed);

}  // namespace weir::config
