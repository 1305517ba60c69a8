#pragma once

#include <cstdint>

#include "energy/energy_table.h"
#include "estimate/estimator.h"
#include "mapper/candidate.h"
#include "mapper/least_traffic.h"
#include "mapper/ranking.h"
#include "mapping/mapping.h"

namespace weir {

enum class Objective : std::uint8_t { energy, latency, edp };

/// What the mapper minimizes: the estimate of a mapping, and what no completion of a candidate can be below.
class MappingCost {
 public:
  MappingCost(const Layer& layer, const Accelerator& accelerator, const energy::EnergyTable& table,
              Objective objective, Overlap overlap);

  /// By the closed forms of the estimator: exact energy, cycles nearly.
  Score evaluate(const Mapping& mapping) const { return score(estimator_.evaluate(mapping)); }
  Score score(const estimate::Evaluation& evaluation) const;
  /// What is minimized, of an energy and a time.
  double of(double energy, std::int64_t cycles) const;
  double bound(const Candidate& candidate) const { return price(traffic_(candidate)); }
  /// A higher one, unless bound() is above `limit` already: it knows that but one loop can be innermost.
  double sharp_bound(const Candidate& candidate, double limit) const;

 private:
  /// Prices of the ways of a word, from level to level.
  struct Prices {
    double load = 0, send = 0, receive = 0;
  };
  double price(const LeastTraffic& least) const;
  double least_energy(const LeastTraffic& least) const;
  double least_cycles(const LeastTraffic& least) const;

  estimate::Estimator estimator_;
  energy::EnergyTable table_;
  Objective objective_;
  Overlap overlap_;
  TrafficBound traffic_;
  Prices ifmap_, weight_;
  double fixed_ = 0;  ///< energy that all mappings take
  double outputs_ = 0;
  double drain_ = 0, return_ = 0, into_array_ = 0, out_of_array_ = 0, neighbour_ = 0;
  NetworksSpec networks_;
  DramSpec dram_;
};

}  // namespace weir
