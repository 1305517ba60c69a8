#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace weir::config {

enum class Kind { empty, scalar, list, map };

/// A value in the tree of a file. The root owns all; a Node shares the root's ownership, so parents outlive
/// it.
struct Node::Data {
  Data(Kind what, Mark where, const Data* above) : kind(what), mark(std::move(where)), parent(above) {}

  Kind kind;
  Mark mark;
  const Data* parent;
  std::string scalar;
  std::vector<std::unique_ptr<Data>> keys;  ///< of a map, one for each value
  std::vector<std::unique_ptr<Data>> values;

  /// a.b[2].c; empty for the root. A key's path is its map's.
  std::string path() const;
  std::vector<std::string> key_names() const;
  /// The index of a key, or the number of keys.
  std::size_t index_of(std::string_view key) const;
};

using DataPtr = std::unique_ptr<Node::Data>;

/// What is wrong at `data`, with its path.
InputError error_at(const Node::Data& data, std::string_view message);
/// Throws it.
[[noreturn]] void fail_at(const Node::Data& data, std::string_view message);

/// The tree of a YAML text. Without `places`, marks carry the file alone.
DataPtr parse_yaml(const std::string& text, const std::string& file, bool places);
/// Throws InputError at the first key that stands twice in its map.
void check_duplicates(const Node::Data& data);
/// A copy that belongs to `parent`.
DataPtr clone(const Node::Data& data, const Node::Data* parent);
/// Sets a value as `a.b.c=value` says.
void apply_override(Node::Data& root, const std::string& assignment);

}  // namespace weir::config
