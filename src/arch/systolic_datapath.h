#pragma once

#include <cstdint>
#include <vector>

#include "arch/global_buffer.h"
#include "arch/layer_context.h"
#include "mapping/systolic.h"

namespace weir::arch {

/// The values in a systolic array: what a fold computes, as one bulk operation.
class SystolicDatapath {
 public:
  explicit SystolicDatapath(GlobalBuffer& buffer) : buffer_(buffer) {}

  void begin_layer(LayerContext& layer, const SystolicRoles& roles);

  /// Multiplies the ifmap's and the weights' words of an array tile and adds the products to the psums in the
  /// buffer, or, unless `adds`, writes them there. Returns how many MACs met a zero ifmap word.
  std::int64_t run(const Tile& tile, bool adds);

 private:
  /// The words of an operand in memory: those of tap c begin at `first + c * tap` and are `step` apart.
  struct Operand {
    const std::int16_t* first;
    std::int64_t tap;
    std::int64_t step;
  };
  Operand ifmap_at(const Tile& tile) const;
  Operand weights_at(const Tile& tile) const;

  GlobalBuffer& buffer_;
  LayerContext* layer_ = nullptr;
  bool streams_weights_ = false;
  std::vector<std::int16_t>
      across_;  ///< by tap and column: the operand whose words differ from column to column
  std::vector<std::int16_t> down_;   ///< by tap: the other operand's words of one row of outputs
  std::vector<std::uint32_t> sums_;  ///< that leave the columns
};

}  // namespace weir::arch
