#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapper/candidate.h"
#include "mapping/dataflow.h"
#include "workload/layer.h"

namespace weir {

/// Throws config::InputError when pins say more than the dataflow allows.
void check_pins(const Pins& pins, const Dataflow& dataflow);

/// The bounds that a dataflow and pins allow the loops over each dimension, one dimension by itself. Of the
/// bounds of a level that make equally many steps outside it only the smallest is one.
class BoundChoices {
 public:
  /// Bounds of the loops outside the array.
  struct Outside {
    std::int64_t buffer, dram;
  };

  /// Throws config::InputError when the pins contradict the dataflow.
  BoundChoices(const Layer& layer, const Accelerator& accelerator, const Dataflow& dataflow,
               const Pins& pins);

  /// What the array may do with a dimension, the smallest part of a PE first. Only what leaves a number of
  /// steps that the loops outside may make.
  const std::vector<Split>& in_array(Dimension d) const { return in_array_[d]; }
  /// What the loops outside an array that leaves `steps` (of some split in in_array()) may do, the smallest
  /// bound at global_buffer first.
  const std::vector<Outside>& outside(Dimension d, std::int64_t steps) const { return outside_[d].at(steps); }

 private:
  std::vector<std::int64_t> bounds(Level level, Dimension d, std::int64_t left, std::int64_t most) const;
  std::vector<Split> make_in_array(Dimension d);
  std::vector<Outside> make_outside(Dimension d, std::int64_t steps) const;
  /// The choices outside, worked out once for each number of steps.
  const std::vector<Outside>& find_outside(Dimension d, std::int64_t steps);

  const Layer& layer_;
  const Accelerator& accelerator_;
  const Dataflow& dataflow_;
  const Pins& pins_;
  PerDimension<std::vector<Split>> in_array_;
  PerDimension<std::map<std::int64_t, std::vector<Outside>>> outside_;
};

}  // namespace weir
