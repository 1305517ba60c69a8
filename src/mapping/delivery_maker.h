#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mapping/array_shape.h"
#include "mapping/footprint.h"

namespace weir {

/// The words of one tensor that a step needs and the PEs do not hold yet, in the order in which they are
/// sent, and which PEs take each.
struct Delivery {
  /// Words that a PE no longer needs once its last window is over.
  struct Release {
    std::int64_t pe;
    std::int64_t words;
  };

  /// Words that follow one another and go to the same PEs: receivers[first .. last).
  struct Run {
    std::int64_t words;
    std::size_t first;
    std::size_t last;
  };

  std::vector<Coordinates> words;       ///< relative to the origin of the array's tile
  std::vector<Run> runs;                ///< of all words, each as long as can be
  std::vector<std::int32_t> receivers;  ///< PEs, in the order of their numbers in each run
  std::vector<Release> releases;
  std::int64_t received = 0;  ///< words, counted once for each PE

  std::span<const std::int32_t> to(const Run& run) const {
    return std::span(receivers).subspan(run.first, run.last - run.first);
  }
  /// Calls visit(i, PEs) for each word words[i] and those that it goes to.
  template <typename Visit>
  void for_each_word(Visit visit) const {
    std::size_t word = 0;
    for (const Run& run : runs) {
      for (std::int64_t i = 0; i < run.words; ++i) visit(word++, to(run));
    }
  }
};

/// Makes a delivery, one PE after the other.
class DeliveryMaker {
 public:
  /// `holds`: PEs keep words from step to step. `layer` must outlive this.
  DeliveryMaker(Tensor tensor, const Layer& layer, bool holds)
      : tensor_(tensor), layer_(layer), holds_(holds) {}

  void begin(const ArrayShape& shape);
  /// The next PE, by number, and its tile in the step in which it was last active; both relative to the
  /// array's tile now.
  void add(const ActivePe& active, const std::optional<Tile>& before);
  Delivery finish();

 private:
  /// A word on its way to a PE.
  struct Arrival {
    std::int32_t word;  ///< its number
    std::int32_t pe;
  };

  std::size_t rank(std::size_t axis, const Coordinates& word) const {
    return rank_[axis][static_cast<std::size_t>(word[axis])];
  }
  void arrive(const Coordinates& word, std::size_t place, std::int32_t pe);
  /// The words' numbers in the order in which they are sent.
  std::vector<std::size_t> order_sent() const;

  Tensor tensor_;
  const Layer& layer_;
  bool holds_;
  std::array<std::vector<std::size_t>, kAxes> rank_;  ///< by axis and coordinate, among those that are used
  std::array<std::size_t, kAxes> used_{};             ///< by axis, how many coordinates are
  std::vector<std::int32_t> number_at_;  ///< by place among all used words: a word's number, or kUnknown
  std::vector<std::size_t> places_;      ///< by number
  std::vector<Arrival> arrivals_;
  std::vector<std::int32_t> receivers_;  ///< of each word, by number
  Delivery delivery_;                    ///< its words are by number
  Footprint needed_, kept_;
  std::array<std::vector<char>, kAxes> is_kept_;  ///< by axis, of each needed coordinate
};

}  // namespace weir
