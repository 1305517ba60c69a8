#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/nest.h"
#include "ports/word.h"
#include "workload/layer.h"

namespace weir::ports {

inline constexpr std::int64_t kNobody = -1;

/// What a PE does when the psums of a visit leave: a link of the chain that adds them up, bottom to top.
struct ChainLink {
  bool active = false;
  std::int64_t above = kNobody;  ///< the PE that takes its psums; nobody: it is the top, and the buffer does
  std::int64_t below = kNobody;  ///< the PE that it takes psums from; nobody: it is the bottom
  bool adds_to_others = false;   ///< chains before this one in the same visit sum up the same psums
};

/// PEs of one column that add up the same psums.
struct Chain {
  std::int64_t top, bottom;
  bool adds_to_others;  ///< as in ChainLink
  bool is_last;         ///< no chain behind it in the same visit sums up the same psums
};

/// Who does what in an array tile of certain extents; PEs by their number on the chip.
struct ArrayPlan {
  Extents extents;
  std::vector<ChainLink> links;  ///< by PE
  std::vector<Chain> chains;     ///< by (row of the top, column)
};

/// A layer and its mapping as they are brought to every module of the chip before the first cycle, like the
/// bits of a configuration scan chain.
class Program {
 public:
  Program(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator, Overlap overlap);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  const Layer& layer() const { return layer_; }
  const Accelerator& accelerator() const { return accelerator_; }
  const LoopNest& nest() const { return nest_; }
  const Mapping& mapping() const { return mapping_; }
  bool hides_dram() const { return overlap_ == Overlap::processing; }

  /// The chip's numbers of the PEs that the mapping uses, row 0 first and in a row column 0 first.
  const std::vector<std::int64_t>& used_pes() const { return used_; }
  /// A PE's part of the array's tile; nothing when it has no work there.
  std::optional<Tile> tile_of(std::int64_t pe, const Tile& array_tile) const;
  const ArrayPlan& plan(const Extents& array_tile);

  /// Whether PEs keep words of a tensor from step to step.
  bool has_register_file(Tensor tensor) const;
  /// Words of the ifmap or of the weights that a PE has room for.
  std::int64_t operand_room(Tensor tensor) const;

  /// The words that a tile needs of a tensor, by rising address.
  std::vector<Address> words(Tensor tensor, const Tile& tile) const;
  Address ifmap_address(const Extents& at) const;
  Address weight_address(const Extents& at) const;
  Address psum_address(const Extents& at) const;
  /// Where a word of the padded ifmap stands on its row.
  std::int64_t column_of(Address ifmap_word) const { return ifmap_word % layer_.padded_columns(); }
  /// Whether it is a zero of padding, or one between the words of a transposed convolution.
  bool is_padding(Address ifmap_word) const;
  bool skips(Address ifmap_word) const {
    return accelerator_.pe.padding_macs == PaddingMacs::skipped && is_padding(ifmap_word);
  }
  bool is_first_visit(const Tile& tile) const;  ///< no sum has been made of these psums before
  bool is_last_visit(const Tile& tile) const;   ///< none will be made

 private:
  struct Place {
    bool used = false;
    Extents row{}, column{};  ///< how far its tile is from the array's
    std::int64_t column_number = 0;
  };
  ArrayPlan make_plan(const Extents& array_tile) const;
  void place_pes();

  Layer layer_;
  Mapping mapping_;
  const Accelerator& accelerator_;
  Overlap overlap_;
  LoopNest nest_;
  std::vector<Place> places_;  ///< by PE
  std::vector<std::int64_t> used_;
  std::list<ArrayPlan> plans_;
};

}  // namespace weir::ports
