#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "mapping/dataflow.h"
#include "mapping/mapping.h"

namespace weir {

/// What a mapping costs, and what decides between equal ones.
struct Score {
  double cost = 0;    ///< what is to be least
  double energy = 0;  ///< in the energy table's unit
  std::int64_t cycles = 0;
  std::int64_t active_pes = 0;
};

struct RankedMapping {
  Mapping mapping;
  Score score;
};

/// A total order of mappings: by cost, then by preference, then by their loops from the outside inwards.
class RankingOrder {
 public:
  explicit RankingOrder(std::vector<Preference> prefer) : prefer_(std::move(prefer)) {}
  /// Whether `a` is better than `b`.
  bool operator()(const RankedMapping& a, const RankedMapping& b) const;

 private:
  std::vector<Preference> prefer_;
};

}  // namespace weir
