#pragma once

#include "accelerator/accelerator.h"
#include "account/traffic.h"
#include "estimate/estimator.h"
#include "mapping/mapping.h"
#include "mapping/systolic.h"
#include "workload/layer.h"

namespace weir::estimate {

/// What a mapping of a lowered layer costs on a systolic array. Counts are closed forms; so are cycles where
/// every link carries what the array can take and DRAM is hidden, and otherwise the folds' times are added up
/// one by one. All equal the simulator's.
class SystolicEstimate {
 public:
  /// The mapping must be legal (check_mapping), and all arguments must outlive this.
  SystolicEstimate(const Layer& product, const Accelerator& accelerator, const Mapping& mapping,
                   Overlap overlap);

  Evaluation evaluate() const;
  /// The same but for the cycles, which are those of links that make nothing wait: no more than evaluate()'s.
  Evaluation least() const;

 private:
  void move(account::Traffic& traffic) const;
  void pass(account::Traffic& traffic) const;
  std::int64_t unstalled_cycles() const;
  /// Whether no link ever makes the array wait.
  bool stalls_never() const;
  /// What `of(extent)` adds up to over the steps of a dimension.
  template <typename Of>
  std::int64_t over_steps(Dimension d, Of of) const;

  const Layer& layer_;
  const Accelerator& accelerator_;
  const Mapping& mapping_;
  Overlap overlap_;
  SystolicRoles roles_;
  Extents tile_;   ///< of the array, full
  Extents steps_;  ///< by dimension
};

}  // namespace weir::estimate
