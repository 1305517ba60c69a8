#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "mapping/dataflow.h"

namespace weir {

/// Dimensions of a level's loops, outermost first.
struct LoopOrder {
  std::array<Dimension, kDimensions> dimensions{};
  std::size_t count = 0;
};

/// The orders in which a level's loops may stand, for each set of dimensions that have one.
class LoopOrders {
 public:
  /// `finishes_sums`: only orders with all loops over C, R and S inside the others.
  LoopOrders(const std::vector<LoopRule>& rules, const Pins::OnLevel& pinned, bool finishes_sums);

  /// `mask`: bit d for a loop over dimension d. Orders with the same loops innermost stand side by side.
  const std::vector<LoopOrder>& of(std::uint32_t mask) const { return orders_[mask]; }
  /// Loops of a higher number stand inside; those of the same number in any order.
  std::int32_t number(Dimension d) const { return numbers_[d]; }

 private:
  std::vector<LoopOrder> make(std::uint32_t mask, bool finishes_sums) const;

  PerDimension<std::int32_t> numbers_;
  std::array<std::vector<LoopOrder>, 1U << kDimensions> orders_;
};

}  // namespace weir
