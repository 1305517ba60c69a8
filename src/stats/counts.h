#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/dimension.h"

namespace weir::stats {

/// Where an action happens; the rows of accesses.csv.
enum class Component : std::uint8_t { dram, global_buffer, network, neighbour, register_file, mac };
enum class Action : std::uint8_t { read, write, hop, mac, gated_mac };

inline constexpr std::size_t kComponents = 6;
inline constexpr std::size_t kActions = 5;
inline constexpr std::array<std::string_view, kComponents> kComponentNames = {
    "dram", "global_buffer", "network", "neighbour", "register_file", "mac"};
inline constexpr std::array<std::string_view, kActions> kActionNames = {"read", "write", "hop", "mac",
                                                                        "gated_mac"};

/// Counts of actions per component and tensor, in words of the tensor, summed over instances.
class Counts {
 public:
  void add(Component c, Tensor d, Action a, std::int64_t count) { values_[index(c, d, a)] += count; }
  std::int64_t get(Component c, Tensor d, Action a) const { return values_[index(c, d, a)]; }
  /// Reads and writes of a component, all tensors.
  std::int64_t accesses(Component c) const;

  Counts& operator+=(const Counts& other);
  friend bool operator==(const Counts&, const Counts&) = default;

  /// Calls visit(component, data, action, count) for every count that is not zero, in the enums' order.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] != 0) {
        visit(static_cast<Component>(i / (kTensors * kActions)), static_cast<Tensor>(i / kActions % kTensors),
              static_cast<Action>(i % kActions), values_[i]);
      }
    }
  }

 private:
  static constexpr std::size_t index(Component c, Tensor d, Action a) {
    return (static_cast<std::size_t>(c) * kTensors + static_cast<std::size_t>(d)) * kActions +
           static_cast<std::size_t>(a);
  }
  std::array<std::int64_t, kComponents * kTensors * kActions> values_{};
};

}  // namespace weir::stats
