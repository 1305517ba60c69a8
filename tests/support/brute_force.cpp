#include "support/brute_force.h"

#include <algorithm>

#include "mapping/check.h"
#include "mapping/systolic.h"

namespace weir::test {
namespace {

/// Whether a bound is one that the rule allows and no smaller one makes as few steps.
bool allowed(const LoopRule* rule, std::int64_t bound, std::int64_t left) {
  const auto steps = [&](std::int64_t b) { return (left + b - 1) / b; };
  if (rule == nullptr) return bound == 1;
  switch (rule->limit) {
    case LoopRule::Limit::all:
      return bound == left;
    case LoopRule::Limit::exactly:
      return bound == std::min(rule->value, left);
    case LoopRule::Limit::at_most:
      if (bound > rule->value) return false;
      break;
    case LoopRule::Limit::none:
      break;
  }
  return bound == 1 || steps(bound - 1) > steps(bound);
}

class BruteForce {
 public:
  BruteForce(const Layer& layer, const Accelerator& accelerator, const Dataflow& dataflow,
             const std::function<void(const Mapping&)>& visit)
      : layer_(layer), accelerator_(accelerator), dataflow_(dataflow), visit_(visit) {}

  void bounds(std::size_t dimension, std::size_t level, std::int64_t left) {
    if (dimension == kDimensions) return orders(Level::dram);
    const Dimension d = kAllDimensions[dimension];
    if (level == kLevels) {
      if (left == 1) bounds(dimension + 1, 0, next_whole(dimension));
      return;
    }
    // From the PE outwards, columns inside rows.
    static constexpr Level kInnerFirst[] = {Level::pe, Level::pe_columns, Level::pe_rows,
                                            Level::global_buffer, Level::dram};
    const Level at = kInnerFirst[level];
    // Inside the loop over a layer's steps, rules are about one of them.
    const std::int64_t steps = is_in_steps(d, layer_, accelerator_) ? layer_.steps : 1;
    for (std::int64_t bound = 1; bound <= left; ++bound) {
      if (!allowed(dataflow_.find(at, d), bound, at == Level::dram ? left : (left + steps - 1) / steps))
        continue;
      if (bound > 1) mapping_.at(at).push_back({d, bound});
      bounds(dimension, level + 1, (left + bound - 1) / bound);
      if (bound > 1) mapping_.at(at).pop_back();
    }
  }

  std::int64_t next_whole(std::size_t dimension) const {
    return dimension + 1 < kDimensions ? layer_.bounds.values[dimension + 1] : 1;
  }

 private:
  /// All orders in which no loop stands outside one of an earlier group.
  void orders(Level level) {
    const auto group = [&](const Loop& loop) { return dataflow_.find(level, loop.dimension)->group; };
    const auto by_dimension = [](const Loop& a, const Loop& b) { return a.dimension < b.dimension; };
    const auto before = mapping_.at(level);
    auto permuted = before;
    std::sort(permuted.begin(), permuted.end(), by_dimension);
    do {
      const bool in_order = std::is_sorted(permuted.begin(), permuted.end(),
                                           [&](const Loop& a, const Loop& b) { return group(a) < group(b); });
      if (!in_order) continue;
      mapping_.at(level) = permuted;
      if (level == Level::pe) {
        finish();
      } else {
        orders(kAllLevels[static_cast<std::size_t>(level) + 1]);
      }
    } while (std::next_permutation(permuted.begin(), permuted.end(), by_dimension));
    mapping_.at(level) = before;
  }

  void finish() {
    for (const bool kept : dataflow_.weights_in_global_buffer) {
      mapping_.weights_in_global_buffer = kept;
      try {
        check_mapping(mapping_, layer_, accelerator_);
      } catch (const config::InputError&) {
        continue;
      }
      visit_(mapping_);
    }
  }

  const Layer& layer_;
  const Accelerator& accelerator_;
  const Dataflow& dataflow_;
  const std::function<void(const Mapping&)>& visit_;
  Mapping mapping_;
};

}  // namespace

void for_each_mapping(const Layer& layer, const Accelerator& accelerator, const Dataflow& dataflow,
                      const std::function<void(const Mapping&)>& visit) {
  BruteForce(layer, accelerator, dataflow, visit).bounds(0, 0, layer.bounds.values[0]);
}

}  // namespace weir::test
