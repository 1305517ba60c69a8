#pragma once

#include <cstdint>
#include <vector>

#include "datapath/array.h"
#include "datapath/global_buffer.h"
#include "datapath/layer_values.h"
#include "mapping/nest.h"

namespace weir::datapath {

/// The values in a systolic array: what a fold computes, as one bulk operation.
class SystolicArray final : public Array {
 public:
  SystolicArray(LayerValues& layer, GlobalBuffer& buffer, const Accelerator& accelerator);

  void run_tile() override;

 private:
  /// Multiplies the ifmap's and the weights' words of an array tile and adds the products to the psums in the
  /// buffer, or, unless `adds`, writes them there. Returns how many MACs met a zero ifmap word.
  std::int64_t run_fold(const Tile& tile, bool adds);
  /// The words of an operand in memory: those of tap c begin at `first + c * tap` and are `step` apart.
  struct Operand {
    const std::int16_t* first;
    std::int64_t tap;
    std::int64_t step;
  };
  Operand ifmap_at(const Tile& tile) const;
  Operand weights_at(const Tile& tile) const;

  LayerValues& layer_;
  GlobalBuffer& buffer_;
  bool reads_initial_;
  bool streams_weights_;
  StepWalker walker_;  ///< at the next fold
  std::vector<std::int16_t>
      across_;  ///< by tap and column: the operand whose words differ from column to column
  std::vector<std::int16_t> down_;   ///< by tap: the other operand's words of one row of outputs
  std::vector<std::uint32_t> sums_;  ///< that leave the columns
};

}  // namespace weir::datapath
