#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "mapping/box_layout.h"
#include "mapping/delivery.h"

namespace weir::datapath {

/// Where a delivery's words come from and go to in memory: worked out once per delivery.
struct WordRoute {
  struct Place {
    std::int32_t source;  ///< relative to the word at the array tile's origin
    std::int32_t fixed;   ///< in the register file, without the sliding axes
    std::int32_t row;     ///< on the fourth and fifth axis, relative to the origin's place
    std::int32_t column;
  };
  std::vector<Place> places;
};

/// Copies the values of deliveries of one tensor from a source into register files.
class WordRoutes {
 public:
  WordRoutes(const BoxLayout& source, const BoxLayout& register_file)
      : source_(source), register_file_(register_file) {}

  /// `at_origin`: the source's word at the array tile's `origin`; `register_file(pe)`: the receiving values.
  template <typename RegisterFileOf>
  void deliver(const Delivery& delivery, const std::int16_t* at_origin, const Coordinates& origin,
               RegisterFileOf register_file) {
    const WordRoute& route = route_of(delivery);
    const Coordinates& box = register_file_.box();
    const std::int64_t first_row = origin[3] % box[3];
    const std::int64_t first_column = origin[4] % box[4];
    delivery.for_each_word([&](std::size_t i, std::span<const std::int32_t> pes) {
      const auto& [source, fixed, row, column] = route.places[i];
      const std::int64_t r = first_row + row;
      const std::int64_t c = first_column + column;
      const std::int64_t place = fixed + (r < box[3] ? r : r - box[3]) * register_file_.stride()[3] +
                                 (c < box[4] ? c : c - box[4]) * register_file_.stride()[4];
      const std::int16_t value = at_origin[source];
      for (const std::int32_t pe : pes) register_file(pe)[place] = value;
    });
  }

 private:
  const WordRoute& route_of(const Delivery& delivery) {
    const auto [at, is_new] = routes_.try_emplace(&delivery);
    if (!is_new) return at->second;
    const Coordinates& box = register_file_.box();
    const Coordinates& stride = register_file_.stride();
    for (const Coordinates& word : delivery.words) {
      std::int64_t fixed = 0;
      for (std::size_t axis = 0; axis < 3; ++axis) fixed += word[axis] % box[axis] * stride[axis];
      at->second.places.push_back(
          {static_cast<std::int32_t>(source_.offset(word)), static_cast<std::int32_t>(fixed),
           static_cast<std::int32_t>(word[3] % box[3]), static_cast<std::int32_t>(word[4] % box[4])});
    }
    return at->second;
  }

  BoxLayout source_;
  BoxLayout register_file_;
  std::unordered_map<const Delivery*, WordRoute> routes_;
};

}  // namespace weir::datapath
