#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "accelerator/accelerator.h"
#include "account/accounting.h"
#include "estimate/words.h"
#include "mapping/mapping.h"
#include "mapping/own_macs.h"
#include "stats/counts.h"
#include "workload/layer.h"

namespace weir::estimate {

/// What a mapping costs, without simulating it.
struct Evaluation {
  stats::Counts counts;         ///< equal to the simulator's, but that no MAC is gated
  std::int64_t cycles = 0;      ///< close to the simulator's
  std::int64_t active_pes = 0;  ///< PEs with work in a full step
};

/// Closed forms over the loop nest of legal mappings (check_mapping) of one layer on one accelerator: no
/// events, and no allocation.
class Estimator {
 public:
  Estimator(const Layer& layer, const Accelerator& accelerator, Overlap overlap = Overlap::processing);

  Evaluation evaluate(const Mapping& mapping) const;

 private:
  std::int64_t cycles(const View& array, const Crossings& to_array, const Crossings& to_buffer,
                      std::int64_t into_array, const stats::Counts& counts) const;
  const account::Accounting& accounting(const Mapping& mapping) const {
    return accountings_[mapping.weights_in_global_buffer ? 1 : 0];
  }

  Layer layer_;
  Accelerator accelerator_;
  Overlap overlap_;
  bool makes_zeros_;
  account::Held held_;
  std::array<account::Accounting, 2> accountings_;  ///< without and with weights in the buffer
  std::optional<OwnMacs> own_macs_;                 ///< set where PEs skip all others
  std::int64_t macs_;                               ///< that PEs perform
  std::int64_t outputs_;
};

}  // namespace weir::estimate
