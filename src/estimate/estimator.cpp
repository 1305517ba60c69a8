#include "estimate/estimator.h"

#include <algorithm>

#include "base/ceil_div.h"
#include "estimate/own_words.h"
#include "estimate/systolic_estimate.h"
#include "estimate/words.h"
#include "mapping/capacity.h"
#include "mapping/own_words.h"
#include "vector_unit/vector_unit.h"

namespace weir::estimate {

using enum Dimension;
using account::Flow;
using stats::Action;
using stats::Component;

namespace {

/// PEs along one dimension with work in a full step.
std::int64_t places_used(const Positions& p) { return p.count == 1 ? p.parts_in(p.last_extent) : p.places; }

/// Whether windows slide along a dimension, or it counts what they span.
bool slides(Dimension d) { return d == P || d == Q || d == R || d == S; }

/// The most pairs that one part of an axis has at all its positions.
std::int64_t busiest_part(const Positions& outputs, const Positions& taps, const OwnPairs& pairs) {
  const auto extent = [](const Positions& p, std::int64_t position, std::int64_t part) {
    const std::int64_t left = (position + 1 == p.count ? p.last_extent : p.span) - part * p.part;
    return std::clamp<std::int64_t>(left, 0, p.part);
  };
  std::int64_t most = 0;
  for (std::int64_t i = 0; i < places_used(outputs); ++i) {
    for (std::int64_t j = 0; j < places_used(taps); ++j) {
      std::int64_t sum = 0;
      for (std::int64_t k = 0; k < outputs.count; ++k) {
        for (std::int64_t l = 0; l < taps.count; ++l) {
          sum += pairs.in(k * outputs.span + i * outputs.part, extent(outputs, k, i),
                          l * taps.span + j * taps.part, extent(taps, l, j));
        }
      }
      most = std::max(most, sum);
    }
  }
  return most;
}

}  // namespace

Estimator::Estimator(const Layer& layer, const Accelerator& accelerator, Overlap overlap)
    : layer_(mapped_layer(layer, accelerator)),
      accelerator_(accelerator),
      overlap_(overlap),
      makes_zeros_(makes_zeros(layer_, accelerator.global_buffer)),
      held_(account::held_by(accelerator.pe)),
      accountings_{account::Accounting::of_array(accelerator, held_, false),
                   account::Accounting::of_array(accelerator, held_, true)},
      macs_(performed_macs(layer_, accelerator)),
      outputs_(layer_.outputs()) {
  if (skips_macs(layer_, accelerator)) own_macs_.emplace(layer_);
}

Evaluation Estimator::evaluate(const Mapping& mapping) const {
  if (layer_.is_memory_bound()) {
    const stats::LayerStats moved = run_memory_bound(layer_, accelerator_, overlap_);
    return {moved.counts, moved.cycles, 0};
  }
  if (accelerator_.systolic()) return SystolicEstimate(layer_, accelerator_, mapping, overlap_).evaluate();
  const View array = array_view(mapping, layer_);
  const auto has = [&](Tensor tensor) { return held_[static_cast<std::size_t>(tensor)]; };
  Keeping in_buffer, in_array;
  in_buffer.whole_tiles = accelerator_.global_buffer.loads != TileLoad::new_words;
  in_buffer.ifmap = in_buffer.weight = accelerator_.global_buffer.loads != TileLoad::every;
  in_array = {false, has(Tensor::ifmap), has(Tensor::weight), has(Tensor::psum),
              accelerator_.networks.neighbour_sums};
  const View buffer = buffer_view(mapping, layer_);
  const Crossings to_buffer = crossings(buffer, layer_, in_buffer);
  const Crossings to_array = crossings(array, layer_, in_array);
  account::Traffic traffic;
  const auto send = [&](Tensor tensor, const InputWords& words) {
    traffic(tensor, Flow::sent) = words.sent;
    traffic(tensor, Flow::received) = words.received;
    if (has(tensor)) traffic(tensor, Flow::stored) = words.received;
  };
  send(Tensor::ifmap, to_array.ifmap);
  send(Tensor::weight, to_array.weight);
  const std::int64_t loaded = to_buffer.ifmap.sent;
  const std::int64_t fetched = makes_zeros_ ? own_ifmap_words(buffer, layer_, in_buffer) : loaded;
  traffic(Tensor::ifmap, Flow::fetched) = fetched;
  traffic(Tensor::ifmap, Flow::made) = loaded - fetched;
  if (mapping.weights_in_global_buffer) traffic(Tensor::weight, Flow::fetched) = to_buffer.weight.sent;

  const PsumWords& visits = to_array.psum;
  const std::int64_t into_array =
      visits.leaving - (accelerator_.networks.psum_ports.reads_initial ? 0 : outputs_);
  traffic(Tensor::psum, Flow::fetched) = to_buffer.psum.leaving - outputs_;
  traffic(Tensor::psum, Flow::drained) = to_buffer.psum.leaving;
  traffic(Tensor::psum, Flow::sent) = traffic(Tensor::psum, Flow::received) = into_array;
  traffic(Tensor::psum, Flow::returned) = visits.leaving;
  traffic(Tensor::psum, Flow::passed) = visits.neighbour;
  traffic(Tensor::psum, Flow::finished) = outputs_;
  traffic.set_macs(macs_, 0);

  Evaluation result;
  result.counts = accounting(mapping).counts(traffic);
  result.active_pes = 1;
  for (const Dimension d : kAllDimensions) result.active_pes *= places_used(array.positions[d]);
  result.cycles = cycles(array, to_array, to_buffer, into_array, result.counts);
  return result;
}

std::int64_t Estimator::cycles(const View& array, const Crossings& to_array, const Crossings& to_buffer,
                               std::int64_t into_array, const stats::Counts& counts) const {
  const PsumWords& visits = to_array.psum;
  const NetworksSpec& networks = accelerator_.networks;
  // The PE that comes first in every dimension is never cut off: its own work bounds the array's.
  std::int64_t own_work = visits.of_first;
  std::int64_t own_macs = 1, burst = 1, chain = 1;
  for (const Dimension d : kAllDimensions) {
    const Positions& p = array.positions[d];
    if (!own_macs_ || !slides(d)) own_macs *= (p.count - 1) * p.part + std::min(p.part, p.last_extent);
    (is_reduction(d) ? chain : burst) *= is_reduction(d) ? places_used(p) : p.part;
  }
  if (own_macs_) {
    // There, PEs inside the ifmap work longest.
    own_macs *= busiest_part(array.positions[P], array.positions[R], own_macs_->vertical) *
                busiest_part(array.positions[Q], array.positions[S], own_macs_->horizontal);
  }
  own_work += own_macs;
  const auto burst_cycles = [&](std::int64_t words, std::int64_t words_per_cycle) {
    return words / burst * ceil_div(burst, words_per_cycle) + ceil_div(words % burst, words_per_cycle);
  };
  const std::int64_t ifmap = ceil_div(to_array.ifmap.sent, networks.ifmap.words_per_cycle);
  const std::int64_t weights = ceil_div(to_array.weight.sent, networks.weight.words_per_cycle);
  const std::int64_t psums_in = burst_cycles(into_array, networks.psum_in.words_per_cycle);
  const std::int64_t psums_out = burst_cycles(visits.leaving, networks.psum_out.words_per_cycle);
  const std::int64_t passes = to_array.weight_arrivals;

  std::int64_t busiest = std::max({own_work, psums_in, psums_out});
  if (networks.weight_barrier == WeightBarrier::none) {
    busiest = std::max(busiest, weights) + weights / passes;
  } else {
    // Weights enter while the array rests, and a chain's last psums follow its first by a cycle a row.
    busiest += weights + passes * (chain - 1);
    if (networks.weight_barrier == WeightBarrier::array_drained) {
      busiest += passes * ceil_div(burst, networks.psum_out.words_per_cycle);
    }
  }
  busiest = std::max(busiest, ifmap);  // ifmap words travel all the time
  if (overlap_ == Overlap::total) {
    // Nothing is processed while the buffer's tiles move; the next pass's weights come meanwhile.
    const auto moved = [&](std::int64_t words, std::int64_t transfers) {
      return words == 0
                 ? 0
                 : accelerator_.dram.transfer_cycles(words) + transfers * accelerator_.dram.latency_cycles;
    };
    const std::int64_t loads = moved(counts.get(Component::dram, Tensor::ifmap, Action::read) +
                                         counts.get(Component::dram, Tensor::psum, Action::read),
                                     to_buffer.ifmap_arrivals);
    const std::int64_t drains =
        moved(counts.get(Component::dram, Tensor::psum, Action::write), to_buffer.psum.visits);
    const std::int64_t preloads = moved(counts.get(Component::dram, Tensor::weight, Action::read), passes);
    busiest = std::max(busiest + preloads / passes, preloads) + loads + drains;
  }
  return busiest;
}

}  // namespace weir::estimate
