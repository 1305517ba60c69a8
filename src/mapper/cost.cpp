#include "mapper/cost.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "account/accounting.h"
#include "mapping/capacity.h"
#include "mapping/own_macs.h"

namespace weir {
namespace {

using account::Flow;

/// Keeps a bound below what it bounds, whatever order the energies are added in.
constexpr double kRounding = 1 - 1e-9;

}  // namespace

MappingCost::MappingCost(const Layer& layer, const Accelerator& accelerator, const energy::EnergyTable& table,
                         Objective objective, Overlap overlap)
    : estimator_(layer, accelerator, overlap),
      table_(table),
      objective_(objective),
      overlap_(overlap),
      traffic_(layer, accelerator),
      macs_(static_cast<double>(performed_macs(layer, accelerator))),
      networks_(accelerator.networks),
      dram_(accelerator.dram) {
  // Weights that pass the prefetch banks are fetched and loaded as often as they are sent.
  const auto accounting = account::Accounting::of_array(accelerator, account::held_by(accelerator.pe), true);
  const auto price = [&](Tensor tensor, Flow flow) { return accounting.price(tensor, flow, table); };
  const auto input = [&](Tensor tensor) {
    double receive = price(tensor, Flow::received);
    if (has_register_file(tensor, accelerator.pe)) receive += price(tensor, Flow::stored);
    return Prices{price(tensor, Flow::fetched) - price(tensor, Flow::made), price(tensor, Flow::made),
                  price(tensor, Flow::sent), receive};
  };
  ifmap_ = input(Tensor::ifmap);
  weight_ = input(Tensor::weight);
  drain_ = price(Tensor::psum, Flow::drained);
  return_ = price(Tensor::psum, Flow::fetched);
  into_array_ = price(Tensor::psum, Flow::sent) + price(Tensor::psum, Flow::received);
  out_of_array_ = price(Tensor::psum, Flow::returned);
  neighbour_ = price(Tensor::psum, Flow::passed);
  outputs_ = static_cast<double>(layer.outputs());
  for (const Tensor tensor : kAllTensors) fixed_ += macs_ * price(tensor, Flow::used);
  fixed_ += outputs_ * price(Tensor::psum, Flow::finished);
  // A sum that leaves a PE without being stored there saves energy. Where that saves more than its way costs,
  // it is as if every MAC's sum left.
  const double visit = into_array_ + out_of_array_;
  fixed_ += macs_ * std::min({0.0, visit, neighbour_});
  if (visit < 0) out_of_array_ = -into_array_;
  neighbour_ = std::max(0.0, neighbour_);
}

Score MappingCost::score(const estimate::Evaluation& evaluation) const {
  Score score{0, energy::energy_of(evaluation.counts, table_).total(), evaluation.cycles,
              evaluation.active_pes};
  score.cost = of(score.energy, score.cycles);
  return score;
}

double MappingCost::of(double energy, std::int64_t cycles) const {
  const auto time = static_cast<double>(cycles);
  return objective_ == Objective::energy ? energy : objective_ == Objective::latency ? time : energy * time;
}

double MappingCost::sharp_bound(const Candidate& candidate, double limit) const {
  const double plain = bound(candidate);
  if (plain > limit) return plain;
  double least = std::numeric_limits<double>::infinity();
  for (const Dimension d : kAllDimensions) {
    if (least > plain && TrafficBound::may_be_innermost(candidate, d))
      least = std::min(least, price(traffic_(candidate, d)));
  }
  return std::isinf(least) ? plain : std::max(plain, least);
}

double MappingCost::price(const LeastTraffic& least) const {
  const double energy = objective_ == Objective::latency ? 1 : least_energy(least);
  const double cycles = objective_ == Objective::energy ? 1 : least_cycles(least);
  return energy * cycles * kRounding;
}

double MappingCost::least_energy(const LeastTraffic& least) const {
  const auto input = [](const LeastTraffic::Input& words, const Prices& prices) {
    return words.fetched * prices.fetch + words.loaded * prices.load + words.sent * prices.send +
           words.received * prices.receive;
  };
  const double made_in_array = networks_.psum_ports.reads_initial ? 0 : outputs_;
  return fixed_ + input(least.ifmap, ifmap_) + input(least.weight, weight_) + least.psums_drained * drain_ +
         (least.psums_drained - outputs_) * return_ + (least.psum_visits - made_in_array) * into_array_ +
         least.psum_visits * out_of_array_ + least.neighbour * neighbour_;
}

/// Each term is at most that of Estimator::cycles.
double MappingCost::least_cycles(const LeastTraffic& least) const {
  const auto link = [](double words, const NetworkSpec& network) {
    return words / static_cast<double>(network.words_per_cycle);
  };
  const auto bursts = [&](double words, const NetworkSpec& network) {
    const auto per_cycle = static_cast<double>(network.words_per_cycle);
    // A burst takes whole cycles.
    if (least.least_burst < least.most_burst) return words * std::max(1 / per_cycle, 1 / least.most_burst);
    const double whole = std::floor(words / least.most_burst);
    return whole * std::ceil(least.most_burst / per_cycle) + (words - whole * least.most_burst) / per_cycle;
  };
  const double made_in_array = networks_.psum_ports.reads_initial ? 0 : outputs_;
  const double weights = link(least.weight.sent, networks_.weight);
  const double ifmap = link(least.ifmap.sent, networks_.ifmap);
  double busiest = std::max({least.first_pe_macs + least.first_pe_psums,
                             bursts(least.psum_visits - made_in_array, networks_.psum_in),
                             bursts(least.psum_visits, networks_.psum_out)});
  // Where weights wait for the array to be done, they do not overlap with its work.
  if (networks_.weight_barrier == WeightBarrier::none) {
    busiest = std::max(busiest, weights);
  } else {
    busiest += weights + least.weight_arrivals * (least.chain - 1);
    if (networks_.weight_barrier == WeightBarrier::array_drained)
      busiest += least.weight_arrivals * std::ceil(link(least.least_burst, networks_.psum_out));
  }
  busiest = std::max(busiest, ifmap);
  if (overlap_ == Overlap::processing) return busiest;
  const auto moved = [&](double words) {
    return words * 1000 / static_cast<double>(dram_.words_per_kilocycle);
  };
  return std::max(busiest, moved(least.weight.fetched)) +
         moved(least.ifmap.fetched + 2 * least.psums_drained - outputs_);
}

}  // namespace weir
