#include <fmt/format.h>

#include "config/data.h"

namespace weir::config {
namespace {

void collect_paths(const Node::Data& map, const std::string& above, std::vector<std::string>& paths) {
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    const std::string path = above + map.keys[i]->scalar;
    if (map.values[i]->kind == Kind::map) {
      collect_paths(*map.values[i], path + ".", paths);
    } else {
      paths.push_back(path);
    }
  }
}

void put(Node::Data& root, const Node::Data& path, const Node::Data& value,
         const std::vector<std::string>& paths) {
  const auto no_such_key = [&] {
    fail_at(path, fmt::format("no key {} in {}{}", in_quotes(path.scalar), root.mark.file,
                              hint(path.scalar, paths)));
  };
  std::string_view rest = path.scalar;
  Node::Data* map = &root;
  while (true) {
    if (map->kind != Kind::map) no_such_key();
    const std::size_t dot = rest.find('.');
    const std::size_t i = map->index_of(rest.substr(0, dot));
    const bool is_new = i == map->keys.size();
    if (dot == std::string_view::npos) {
      if (is_new) {
        map->keys.push_back(std::make_unique<Node::Data>(Kind::scalar, path.mark, map));
        map->keys.back()->scalar = rest;
        map->values.emplace_back();
      }
      map->values[i] = clone(value, map);
      return;
    }
    if (is_new) no_such_key();
    map = map->values[i].get();
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace

DataPtr clone(const Node::Data& data, const Node::Data* parent) {
  auto copy = std::make_unique<Node::Data>(data.kind, data.mark, parent);
  copy->scalar = data.scalar;
  for (const DataPtr& key : data.keys) copy->keys.push_back(clone(*key, copy.get()));
  for (const DataPtr& value : data.values) copy->values.push_back(clone(*value, copy.get()));
  return copy;
}

Node Node::scalar(const std::string& text, const Mark& mark) {
  auto data = std::make_shared<Data>(Kind::scalar, mark, nullptr);
  data->scalar = text;
  return Node(std::move(data));
}

std::vector<std::string> Node::paths() const {
  std::vector<std::string> paths;
  collect_paths(*data_, "", paths);
  return paths;
}

Node Node::with(const std::vector<std::pair<Node, Node>>& settings) const {
  DataPtr root = clone(*data_, nullptr);
  const auto known = paths();
  for (const auto& [path, value] : settings) put(*root, *path.data_, *value.data_, known);
  return Node(std::move(root));
}

}  // namespace weir::config
