// The first step of a space: what the array may do, and which of that leaves the same to the loops outside.
#include <algorithm>
#include <functional>
#include <unordered_map>

#include "mapper/space.h"
#include "mapping/array_shape.h"

namespace weir {
class Space::ArrayMaker {
 public:
  explicit ArrayMaker(Space& space) : space_(space) {}

  void make(bool keeps_weights) {
    candidate_.weights_in_global_buffer = keeps_weights;
    // Of dimensions that are not decided, a PE's smallest part.
    for (const Dimension d : kAllDimensions) {
      const auto& choices = space_.bounds_.in_array(d);
      if (choices.empty()) return;
      candidate_.splits[d] = choices.front();
    }
    decide(0, 1, 1);
    for (Arrays& arrays : space_.arrays_) {
      for (Split& split : arrays.all.splits.values) split.set_parts();
    }
  }

 private:
  /// A tile of the array, and whether the buffer keeps weights.
  using TileKey = std::array<std::int64_t, kDimensions + 1>;

  struct HashTile {
    std::size_t operator()(const TileKey& key) const {
      std::size_t hash = 0;
      for (const std::int64_t value : key)
        hash = (hash ^ static_cast<std::size_t>(value)) * 0x9e3779b97f4a7c15U;
      return hash ^ (hash >> 32);
    }
  };

  void decide(std::size_t number, std::int64_t columns, std::int64_t rows) {
    if (number == kDimensions) return add();
    const Accelerator& accelerator = space_.accelerator_;
    const Dimension d = kAllDimensions[number];
    const auto& choices = space_.bounds_.in_array(d);
    Split& split = candidate_.splits[d];
    std::int64_t part_that_fits = 0;
    for (std::uint32_t i = 0; i < choices.size(); ++i) {
      split = choices[i];
      // A larger part does not fit either.
      if (split.part != part_that_fits && !fits_pe()) break;
      part_that_fits = split.part;
      choice_[number] = i;
      if (columns * split.columns > accelerator.columns) {
        space_.miss_.note(Miss::places,
                          {"places of pe_columns", columns * split.columns, accelerator.columns});
      } else if (rows * split.rows > accelerator.rows) {
        space_.miss_.note(Miss::places, {"places of pe_rows", rows * split.rows, accelerator.rows});
      } else {
        decide(number + 1, columns * split.columns, rows * split.rows);
      }
    }
    split = choices.front();
  }

  bool fits_pe() {
    Extents tile;
    for (const Dimension d : kAllDimensions) tile[d] = candidate_.splits[d].part;
    for (const Need& need : pe_needs(tile, space_.layer_, space_.accelerator_)) {
      if (need.fits()) continue;
      space_.miss_.note(Miss::register_files, need);
      return false;
    }
    return true;
  }

  /// Whether all sums are added up somewhere (check_mapping says the same of a whole mapping).
  bool finishes_sums() const {
    const Accelerator& accelerator = space_.accelerator_;
    const bool buffer_adds = !accelerator.global_buffer.psum_bypasses;
    bool chained = false;
    for (const LoopRule& rule : space_.dataflow_.at(Level::pe_rows)) {
      if (!is_reduction(rule.dimension) || candidate_.splits[rule.dimension].rows == 1) continue;
      const bool sums = sums_neighbours(rule.dimension, accelerator.networks.neighbour_sums);
      if (!sums && (chained || !buffer_adds)) return false;
      chained = chained || sums;
    }
    if (buffer_adds || has_register_file(Tensor::psum, accelerator.pe)) return true;
    return std::all_of(kAllDimensions.begin(), kAllDimensions.end(),
                       [&](Dimension d) { return !is_reduction(d) || candidate_.splits[d].steps == 1; });
  }

  void add() {
    if (!finishes_sums()) {
      space_.loses_sums_ = true;
      return;
    }
    if (!candidate_.weights_in_global_buffer) {
      Extents tile;
      for (const Dimension d : kAllDimensions) tile[d] = candidate_.splits[d].array_tile();
      const Need need = prefetch_need(tile, space_.layer_, space_.accelerator_);
      if (!need.fits()) return space_.miss_.note(Miss::prefetch, need);
    }
    TileKey key{};
    for (std::size_t d = 0; d < kDimensions; ++d) key[d] = candidate_.splits.values[d].extent;
    key[kDimensions] = candidate_.weights_in_global_buffer ? 1 : 0;
    const auto [at, is_new] = number_of_.try_emplace(key, space_.arrays_.size());
    if (is_new) {
      space_.arrays_.push_back({candidate_, {}});
      for (const Dimension d : kAllDimensions) space_.place_open(d, space_.arrays_.back().all);
    }
    Arrays& same = space_.arrays_[at->second];
    for (const Dimension d : kAllDimensions) same.all.splits[d].include(candidate_.splits[d]);
    same.choices.push_back(choice_);
  }

  Space& space_;
  Candidate candidate_;
  ArrayChoice choice_{};
  std::unordered_map<TileKey, std::size_t, HashTile> number_of_;
};

void Space::make_arrays() {
  ArrayMaker maker(*this);
  for (const bool keeps_weights : dataflow_.weights_in_global_buffer) {
    if (pins_.weights_in_global_buffer.value_or(keeps_weights) == keeps_weights) maker.make(keeps_weights);
  }
}

}  // namespace weir
