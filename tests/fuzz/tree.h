#pragma once

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "config/data.h"

namespace weir::fuzz {

/// A file that is changed value by value, so that it stays YAML.
class Tree {
 public:
  /// Throws config::InputError.
  explicit Tree(const std::string& text);

  /// Changes a value, a key or a list's length somewhere.
  void mutate(std::mt19937& random);
  /// Takes a value from another file: one that stands in a map that both have, or any.
  void take_from(const Tree& other, std::mt19937& random);
  std::string text() const;

 private:
  using Data = config::Node::Data;
  /// A value in its parent.
  struct Slot {
    Data* parent;
    std::size_t index;
    config::DataPtr& value() const { return parent->values[index]; }
  };

  std::vector<Slot> slots() const;
  std::string any_key(std::mt19937& random) const;
  /// Values of the other's maps whose keys could stand in ours.
  std::vector<std::pair<Data*, Slot>> new_keys_of(const Tree& other) const;

  std::shared_ptr<Data> root_;
};

}  // namespace weir::fuzz
