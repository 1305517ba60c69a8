#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "datapath/window_run.h"
#include "mapping/array_shape.h"
#include "mapping/box_layout.h"
#include "mapping/delivery.h"

namespace weir::datapath {

/// Copies the ifmap words of deliveries that recur in the windows of a run from a source into PEs' streams.
class StreamRoutes {
 public:
  StreamRoutes(const Layer& layer, const WindowRun& run, const BoxLayout& source, const Coordinates& box,
               const StreamLayout& stream)
      : layer_(layer), run_(run), source_(source), box_(box), stream_(stream) {}

  /// The windows that get the same delivery, one after the other.
  struct Windows {
    std::int64_t first;
    std::int64_t count;
  };

  /// `at_origin`: the source's word at the array tile's origin in window windows.first; `origin`: of any
  /// window; `stream(pe)`: where the PE's words go.
  template <typename StreamOf>
  void deliver(const Delivery& delivery, const ArrayShape& shape, const Windows& windows,
               const std::int16_t* at_origin, const Coordinates& origin, StreamOf stream) {
    const Route& route = route_of(delivery, shape);
    const std::int64_t slide = run_.slide * source_.stride()[run_.axis];
    line_.resize(static_cast<std::size_t>(windows.count));
    auto to = route.places.begin();
    delivery.for_each_word([&](std::size_t i, std::span<const std::int32_t> pes) {
      const Word& word = route.words[i];
      const std::int16_t* from = at_origin + word.source;
      for (std::int16_t& value : line_) {
        value = *from;
        from += slide;
      }
      std::int64_t place = windows.first;
      for (const std::size_t axis : {kRowAxis, kRowAxis + 1}) {
        if (axis != run_.axis)
          place += (origin[axis] + word.sliding[axis - kRowAxis]) % box_[axis] * stream_.stride()[axis];
      }
      for (const std::int32_t pe : pes) std::copy(line_.begin(), line_.end(), stream(pe) + *to++ + place);
    });
  }

 private:
  static constexpr std::size_t kRowAxis = 3;

  struct Word {
    std::int64_t source;                  ///< relative to the word at the array tile's origin
    std::array<std::int64_t, 2> sliding;  ///< row and column, relative to the same
  };
  struct Route {
    std::vector<Word> words;
    std::vector<std::int64_t>
        places;  ///< by word and receiver, without the axis that slides and is not the run's
  };

  const Route& route_of(const Delivery& delivery, const ArrayShape& shape) {
    const auto [at, is_new] = routes_.try_emplace(&delivery);
    Route& route = at->second;
    if (!is_new) return route;
    std::unordered_map<std::int64_t, std::int64_t> first;  // of a PE's window along the run's axis
    for (const ActivePe& active : shape.active)
      first[active.pe] = origin(Tensor::ifmap, active.tile.base, layer_)[run_.axis];
    delivery.for_each_word([&](std::size_t i, std::span<const std::int32_t> pes) {
      const Coordinates& word = delivery.words[i];
      route.words.push_back({source_.offset(word), {word[kRowAxis], word[kRowAxis + 1]}});
      std::int64_t fixed = 0;
      for (std::size_t axis = 0; axis < kRowAxis; ++axis) {
        if (axis != run_.axis) fixed += word[axis] % box_[axis] * stream_.stride()[axis];
      }
      for (const std::int32_t pe : pes)
        route.places.push_back(fixed + stream_.along(word[run_.axis] - first.at(pe)));
    });
    return route;
  }

  const Layer& layer_;
  WindowRun run_;
  BoxLayout source_;
  Coordinates box_;  ///< a PE's, in its register file
  const StreamLayout& stream_;
  std::unordered_map<const Delivery*, Route> routes_;
  std::vector<std::int16_t> line_;
};

}  // namespace weir::datapath
