#include "mapper/loop_orders.h"

#include <algorithm>

namespace weir {

LoopOrders::LoopOrders(const std::vector<LoopRule>& rules, const Pins::OnLevel& pinned, bool finishes_sums) {
  std::uint32_t allowed = 0;
  for (const LoopRule& rule : rules) {
    numbers_[rule.dimension] = static_cast<std::int32_t>(rule.group);
    allowed |= 1U << static_cast<unsigned>(rule.dimension);
  }
  if (!pinned.more) {
    for (std::size_t i = 0; i < pinned.loops.size(); ++i)
      numbers_[pinned.loops[i].dimension] = static_cast<std::int32_t>(i);
  }
  for (std::uint32_t mask = 0; mask < orders_.size(); ++mask) {
    if ((mask & ~allowed) == 0) orders_[mask] = make(mask, finishes_sums);
  }
}

std::vector<LoopOrder> LoopOrders::make(std::uint32_t mask, bool finishes_sums) const {
  LoopOrder order;
  for (const Dimension d : kAllDimensions) {
    if ((mask >> static_cast<unsigned>(d) & 1U) != 0) order.dimensions[order.count++] = d;
  }
  const auto begin = order.dimensions.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(order.count);
  const auto adds_nothing = [](Dimension d) { return !is_reduction(d); };
  std::vector<LoopOrder> orders;
  do {
    const bool in_order =
        std::is_sorted(begin, end, [&](Dimension a, Dimension b) { return numbers_[a] < numbers_[b]; });
    if (in_order && (!finishes_sums || std::is_partitioned(begin, end, adds_nothing)))
      orders.push_back(order);
  } while (std::next_permutation(begin, end));
  std::stable_sort(orders.begin(), orders.end(), [](const LoopOrder& a, const LoopOrder& b) {
    return std::lexicographical_compare(
        a.dimensions.rend() - static_cast<std::ptrdiff_t>(a.count), a.dimensions.rend(),
        b.dimensions.rend() - static_cast<std::ptrdiff_t>(b.count), b.dimensions.rend());
  });
  return orders;
}

}  // namespace weir
