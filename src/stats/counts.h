#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::stats {

/// Where an action happens; the rows of accesses.csv.
enum class Component : std::uint8_t { dram, global_buffer, network, neighbour, register_file, mac };
/// What is moved; a finished output is a psum that leaves.
enum class Data : std::uint8_t { ifmap, weight, psum };
enum class Action : std::uint8_t { read, write, hop, mac, gated_mac };

inline constexpr std::size_t kComponents = 6;
inline constexpr std::size_t kData = 3;
inline constexpr std::size_t kActions = 5;
inline constexpr std::array<std::string_view, kComponents> kComponentNames = {
    "dram", "global_buffer", "network", "neighbour", "register_file", "mac"};
inline constexpr std::array<std::string_view, kData> kDataNames = {"ifmap", "weight", "psum"};
inline constexpr std::array<std::string_view, kActions> kActionNames = {"read", "write", "hop", "mac",
                                                                        "gated_mac"};

/// Counts of actions per component and tensor, in words of the tensor, summed over instances.
class Counts {
 public:
  void add(Component c, Data d, Action a, std::int64_t count) { values_[index(c, d, a)] += count; }
  std::int64_t get(Component c, Data d, Action a) const { return values_[index(c, d, a)]; }
  /// Reads and writes of a component, all tensors.
  std::int64_t accesses(Component c) const;

  Counts& operator+=(const Counts& other);
  Counts& operator-=(const Counts& other);
  friend bool operator==(const Counts&, const Counts&) = default;

  /// Calls visit(component, data, action, count) for every count that is not zero, in the enums' order.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] != 0) {
        visit(static_cast<Component>(i / (kData * kActions)), static_cast<Data>(i / kActions % kData),
              static_cast<Action>(i % kActions), values_[i]);
      }
    }
  }

 private:
  static constexpr std::size_t index(Component c, Data d, Action a) {
    return (static_cast<std::size_t>(c) * kData + static_cast<std::size_t>(d)) * kActions +
           static_cast<std::size_t>(a);
  }
  std::array<std::int64_t, kComponents * kData * kActions> values_{};
};

}  // namespace weir::stats
