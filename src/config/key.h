#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/node.h"

namespace weir::config {

/// What a key's value may be: enough to say it, and to check it in an editor.
struct Allowed {
  enum class Type : std::uint8_t { whole, number, boolean, word, name, text, map, any };
  static constexpr std::size_t kAnyLength = SIZE_MAX;

  Type type = Type::text;
  double least = 0, most = 0;          ///< of numbers
  std::vector<std::string> words{};    ///< those of a word, or what may stand instead of a number
  std::vector<std::size_t> lengths{};  ///< it is a list of so many of these; 0: it is one alone
  std::string form{};                  ///< how it is written, such as [rows, columns]

  /// For people: `whole number, 1 to 4096`. Words stand between `quote`s.
  std::string text(std::string_view quote) const;
};

/// A key is there only where another, of the same map or below, has one of these words, or has none of them;
/// no words stand for any.
struct When {
  std::string path;
  std::vector<std::string> words;
  bool has = true;
  std::string text;  ///< the same for people: "of a systolic array"
};

/// All that is to be known about a key of a file, but where its value goes: a row of its kind's table.
struct Key {
  std::string path;  ///< a.b.c, from the map that the table is about
  Allowed allowed;
  bool required = true;
  std::string fallback{};  ///< the value that it has when it is left out, as a file says it
  std::string unit{};
  std::string help{};        ///< one sentence, without the point
  std::vector<When> when{};  ///< all hold where the key is there
  std::string unless{};      ///< another key that takes its place where it is given

  /// Whether the key is there in this map.
  bool applies(const Node& map, const std::vector<Key>& all) const;
};

/// The keys of a map in files of a kind.
struct KeyTable {
  /// Of the map: empty for the file's own, `layers[]` for each of a list, `mappings.<layer>`; or `-` where
  /// the same place may have something else.
  std::string place;
  std::string title;  ///< what the map is: "a layer"
  std::vector<Key> keys;
};

/// Throws InputError with all keys that are missing, a line each, unless another looks like a slip for one;
/// or at the first key of the map, or of the maps in it that the keys are about, that is none of `keys`.
void check_keys(const Node& map, const std::vector<Key>& keys);

/// A map for a reader that is written by hand. The reader may ask for keys of the table only, and a key of
/// the file that it did not ask for is an error.
class TableMap {
 public:
  /// Throws as check_keys().
  TableMap(const Node& map, const std::vector<Key>& keys);

  Node at(const std::string& path);
  std::optional<Node> find(const std::string& path);
  void finish() const;

 private:
  Node map_;
  const std::vector<Key>& keys_;
  std::vector<std::string> asked_;
};

}  // namespace weir::config
