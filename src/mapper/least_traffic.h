#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "mapper/candidate.h"
#include "workload/layer.h"

namespace weir {

/// Words that every completion of a candidate moves at least, and cycles of work that its first PE has.
struct LeastTraffic {
  struct Input {
    double loaded = 0;    ///< from DRAM
    double sent = 0;      ///< to the array, a multicast once
    double received = 0;  ///< by PEs
  };
  Input ifmap;
  Input weight;
  double psums_drained = 0;    ///< to DRAM, those that come back included
  double psum_visits = 0;      ///< from the array to the buffer
  double neighbour = 0;        ///< hops from PE to PE
  double weight_arrivals = 0;  ///< steps that bring new weights
  double chain = 1;            ///< PEs that sum up the same psums
  double least_burst = 1;      ///< psums of a PE's tile
  double most_burst = 1;       ///< the same of the candidate's array for which it is most
  double first_pe_macs = 0;
  double first_pe_psums = 0;
};

/// Works out least traffic for one layer. A loop that does not touch a tensor repeats the traffic of those
/// inside it as soon as one of them surely moves the tensor's tile; words that a tile before may still hold
/// are taken as held wherever that is not surely so.
class TrafficBound {
 public:
  TrafficBound(const Layer& layer, const NeighbourSums& sums);
  LeastTraffic operator()(const Candidate& candidate) const;
  /// Of those completions whose innermost loop, outside the array, is over `innermost`.
  LeastTraffic operator()(const Candidate& candidate, Dimension innermost) const;
  /// Whether there may be such completions.
  static bool may_be_innermost(const Candidate& candidate, Dimension innermost);

 private:
  /// An axis of the ifmap along which windows slide: word = output * stride + tap * dilation.
  struct Axis {
    Dimension output, tap;
    std::int64_t stride, dilation;
    std::int64_t reduced_stride, reduced_dilation;  ///< without their common divisor

    std::int64_t words(std::int64_t outputs, std::int64_t taps) const;
    std::int64_t length(std::int64_t outputs, std::int64_t taps) const {
      return (outputs - 1) * stride + (taps - 1) * dilation + 1;
    }
    std::int64_t step(Dimension d) const { return d == output ? stride : dilation; }
  };
  LeastTraffic least(const Candidate& candidate, const Dimension* innermost) const;

  struct Moving;
  struct Movings;
  class View;

  Axis axes_[2];
  NeighbourSums sums_;
};

}  // namespace weir
