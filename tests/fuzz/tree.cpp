#include "fuzz/tree.h"

#include <array>
#include <charconv>
#include <functional>
#include <map>

#include "fuzz/harness.h"

namespace weir::fuzz {
namespace {

using config::DataPtr;
using config::Kind;
using config::Node;

/// At the edges of what readers allow, and of what types can hold.
constexpr auto kWords = std::to_array<const char*>({"0",
                                                    "1",
                                                    "-1",
                                                    "2",
                                                    "3",
                                                    "4096",
                                                    "4097",
                                                    "65536",
                                                    "16777216",
                                                    "16777217",
                                                    "2147483648",
                                                    "9007199254740992",
                                                    "1152921504606846976",
                                                    "9223372036854775807",
                                                    "9223372036854775808",
                                                    "1e12",
                                                    "1e308",
                                                    "1e400",
                                                    "1e-9",
                                                    "1e-300",
                                                    "0.001",
                                                    "1.001",
                                                    "0.3",
                                                    "-0",
                                                    "010",
                                                    "0x10",
                                                    "nan",
                                                    "inf",
                                                    "true",
                                                    "false",
                                                    "~",
                                                    "",
                                                    "...",
                                                    "*",
                                                    "any",
                                                    "all",
                                                    "unlimited",
                                                    "none",
                                                    "total",
                                                    "G",
                                                    "N=3",
                                                    "C<=5",
                                                    "Q=all",
                                                    "M=16777216",
                                                    "pe",
                                                    "global_buffer",
                                                    "batch",
                                                    "1 / 0",
                                                    "pes * 2 <= 512",
                                                    "é",
                                                    " "});

std::size_t below(std::size_t limit, std::mt19937& random) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

template <typename T>
const T& one_of(const std::vector<T>& list, std::mt19937& random) {
  return list[below(list.size(), random)];
}

DataPtr scalar(std::string text, Node::Data* parent) {
  auto data = std::make_unique<Node::Data>(Kind::scalar, config::Mark{}, parent);
  data->scalar = std::move(text);
  return data;
}

void for_each(Node::Data& data, const std::function<void(Node::Data&)>& visit) {
  visit(data);
  for (const DataPtr& value : data.values) for_each(*value, visit);
}

/// A number near the one that `text` is, or one of kWords.
std::string changed(const std::string& text, std::mt19937& random) {
  std::int64_t number = 0;
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  const bool is_small = result.ptr == end && result.ec == std::errc{} && std::abs(number) < (1LL << 60);
  if (!is_small || below(3, random) == 0) return kWords[below(kWords.size(), random)];
  const std::array<std::int64_t, 6> near = {number + 1, number - 1, 2 * number,
                                            number / 2, -number,    7 * number};
  return std::to_string(near[below(near.size(), random)]);
}

}  // namespace

Tree::Tree(const std::string& text) : root_(config::parse_yaml(text, kFile, true)) {}

std::string Tree::text() const { return Node(root_).dump(); }

std::vector<Tree::Slot> Tree::slots() const {
  std::vector<Slot> slots;
  for_each(*root_, [&](Data& data) {
    for (std::size_t i = 0; i < data.values.size(); ++i) slots.push_back({&data, i});
  });
  return slots;
}

std::string Tree::any_key(std::mt19937& random) const {
  std::vector<std::string> keys;
  for_each(*root_, [&](Data& data) {
    for (const DataPtr& key : data.keys) keys.push_back(key->scalar);
  });
  return keys.empty() || below(4, random) == 0 ? kWords[below(kWords.size(), random)] : one_of(keys, random);
}

void Tree::mutate(std::mt19937& random) {
  const auto all = slots();
  if (all.empty()) return;
  const Slot slot = one_of(all, random);
  Data& parent = *slot.parent;
  const auto at = static_cast<std::ptrdiff_t>(slot.index);
  const bool in_map = parent.kind == Kind::map;
  switch (below(6, random)) {
    case 0:  // a value is left out
      parent.values.erase(parent.values.begin() + at);
      if (in_map) parent.keys.erase(parent.keys.begin() + at);
      break;
    case 1:  // a value stands twice, in a map under another key
      if (in_map) parent.keys.push_back(scalar(any_key(random), &parent));
      parent.values.push_back(config::clone(*slot.value(), &parent));
      break;
    case 2:  // a value is another's
      slot.value() = config::clone(*one_of(all, random).value(), &parent);
      break;
    default:
      if (slot.value()->kind == Kind::scalar) {
        slot.value()->scalar = changed(slot.value()->scalar, random);
      } else if (below(4, random) == 0) {
        slot.value() = scalar(kWords[below(kWords.size(), random)], &parent);
      }
  }
}

void Tree::take_from(const Tree& other, std::mt19937& random) {
  if (const auto keys = new_keys_of(other); !keys.empty() && below(4, random) > 0) {
    const auto& [map, slot] = one_of(keys, random);
    const auto& key = slot.parent->keys[slot.index];
    const std::size_t i = map->index_of(key->scalar);
    auto value = config::clone(*slot.value(), map);
    if (i < map->keys.size()) {
      map->values[i] = std::move(value);
    } else {
      map->keys.push_back(config::clone(*key, map));
      map->values.push_back(std::move(value));
    }
    return;
  }
  const auto ours = slots(), theirs = other.slots();
  if (ours.empty() || theirs.empty()) return;
  const Slot slot = one_of(ours, random);
  slot.value() = config::clone(*one_of(theirs, random).value(), slot.parent);
}

std::vector<std::pair<Tree::Data*, Tree::Slot>> Tree::new_keys_of(const Tree& other) const {
  // The items of a list are alike, whichever they are.
  const auto place = [](const Data& data) {
    std::string path = data.path();
    std::erase_if(path, [](char c) { return c >= '0' && c <= '9'; });
    return path;
  };
  std::map<std::string, Data*> maps;
  for_each(*root_, [&](Data& data) {
    if (data.kind == Kind::map) maps[place(data)] = &data;
  });
  std::vector<std::pair<Data*, Slot>> keys;
  for (const Slot& slot : other.slots()) {
    if (slot.parent->kind != Kind::map) continue;
    if (const auto found = maps.find(place(*slot.parent)); found != maps.end())
      keys.emplace_back(found->second, slot);
  }
  return keys;
}

}  // namespace weir::fuzz
