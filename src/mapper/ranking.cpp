#include "mapper/ranking.h"

#include <algorithm>

namespace weir {
namespace {

bool before(const Mapping& a, const Mapping& b) {
  const auto loop_before = [](const Loop& x, const Loop& y) {
    return std::pair(x.dimension, x.bound) < std::pair(y.dimension, y.bound);
  };
  for (const Level level : kAllLevels) {
    if (a.at(level) != b.at(level)) {
      return std::lexicographical_compare(a.at(level).begin(), a.at(level).end(), b.at(level).begin(),
                                          b.at(level).end(), loop_before);
    }
  }
  return a.weights_in_global_buffer < b.weights_in_global_buffer;
}

}  // namespace

bool RankingOrder::operator()(const RankedMapping& a, const RankedMapping& b) const {
  if (a.score.cost != b.score.cost) return a.score.cost < b.score.cost;
  for (const Preference preference : prefer_) {
    const Score& x = a.score;
    const Score& y = b.score;
    if (preference == Preference::active_pes && x.active_pes != y.active_pes)
      return x.active_pes > y.active_pes;
    if (preference == Preference::cycles && x.cycles != y.cycles) return x.cycles < y.cycles;
    if (preference == Preference::energy && x.energy != y.energy) return x.energy < y.energy;
  }
  return before(a.mapping, b.mapping);
}

}  // namespace weir
