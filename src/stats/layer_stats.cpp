#include "stats/layer_stats.h"

#include <numeric>

namespace weir::stats {

std::int64_t PeCycles::total() const {
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

}  // namespace weir::stats
