#include "mapper/least_traffic.h"

#include <algorithm>
#include <numeric>

#include "base/ceil_div.h"
#include "mapper/traffic_view.h"
#include "mapping/array_shape.h"
#include "mapping/own_macs.h"
#include "mapping/own_words.h"

namespace weir {
namespace {

using enum Dimension;

/// By the length of a block, `words(first, count)` summed over the blocks of `whole` indices.
template <typename Words>
std::vector<std::int64_t> sums_of_blocks(std::int64_t whole, Words words) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(whole + 1), 0);
  for (std::int64_t block = 1; block <= whole; ++block) {
    for (std::int64_t first = 0; first < whole; first += block)
      sums[static_cast<std::size_t>(block)] += words(first, std::min(block, whole - first));
  }
  return sums;
}

}  // namespace

std::int64_t TrafficBound::Axis::words(std::int64_t outputs, std::int64_t taps) const {
  return outputs * taps - std::max<std::int64_t>(0, outputs - reduced_dilation) *
                              std::max<std::int64_t>(0, taps - reduced_stride);
}

TrafficBound::TrafficBound(const Layer& layer, const Accelerator& accelerator)
    : sums_(accelerator.networks.neighbour_sums),
      makes_zeros_(makes_zeros(layer, accelerator.global_buffer)) {
  const auto axis = [&](Dimension output, Dimension tap, std::int64_t stride, std::int64_t dilation,
                        const OwnWords& own) {
    const std::int64_t divisor = std::gcd(stride, dilation);
    Axis made{output, tap, stride, dilation, stride / divisor, dilation / divisor, {}, {}};
    if (!makes_zeros_) return made;
    const std::int64_t outputs = layer.bounds[output], taps = layer.bounds[tap];
    made.own_by_output = sums_of_blocks(outputs, [&](std::int64_t first, std::int64_t count) {
      return own.in({first * stride, count, taps, stride, dilation});
    });
    made.own_by_tap = sums_of_blocks(taps, [&](std::int64_t first, std::int64_t count) {
      return own.in({first * dilation, outputs, count, stride, dilation});
    });
    return made;
  };
  axes_[0] = axis(P, R, layer.stride.vertical, layer.dilation.vertical, own_rows(layer));
  axes_[1] = axis(Q, S, layer.stride.horizontal, layer.dilation.horizontal, own_columns(layer));
  if (skips_macs(layer, accelerator)) {
    const OwnMacs own(layer);
    own_pairs_ = {own.vertical.all(), own.horizontal.all()};
  }
}

LeastTraffic TrafficBound::operator()(const Candidate& c) const { return least(c, nullptr); }

LeastTraffic TrafficBound::operator()(const Candidate& c, Dimension innermost) const {
  return least(c, &innermost);
}

bool TrafficBound::may_be_innermost(const Candidate& c, Dimension innermost) {
  const auto place_of = [&](Dimension d) {
    return c.splits[d].buffer > 1 ? c.buffer_places[d] : c.dram_places[d];
  };
  return c.splits[innermost].steps > 1 &&
         std::all_of(kAllDimensions.begin(), kAllDimensions.end(), [&](Dimension d) {
           return d == innermost || c.splits[d].steps == 1 ||
                  place_of(d).outermost <= place_of(innermost).innermost;
         });
}

LeastTraffic TrafficBound::least(const Candidate& c, const Dimension* innermost) const {
  const Movings movings(c);
  const View array(c, movings, *this, false, innermost);
  const View buffer(c, movings, *this, true);
  LeastTraffic least;

  double ifmap = 1, weight = 1, weight_steps = 1, outputs = 1, psum_parts = 1, visits_of_pe = 1;
  least.first_pe_macs = least.first_pe_psums = least.psum_visits = least.psums_drained = 1;
  LeastTraffic::Input ifmap_by{1, 1, 1, 1}, weight_by{1, 1, 1, 1};
  for (const Dimension d : kAllDimensions) {
    const Split& s = c.splits[d];
    if (s.whole == 1) continue;
    const Moving* m = movings.find(d);
    const auto whole = static_cast<double>(s.whole);
    const auto first =
        static_cast<double>((s.steps - 1) * s.least_part + std::min(s.least_part, s.last_extent));
    const bool slides = d == P || d == Q || d == R || d == S;
    if (!own_pairs_ || !slides) least.first_pe_macs *= first;
    if (d == G || d == N || d == C) ifmap *= whole;
    const auto in_array = [&](Tensor tensor) {
      return m != nullptr ? array.repeated(tensor, *m)
                          : View::Repeated{1, static_cast<double>(s.first_parts)};
    };
    const auto repeated = [&](Tensor tensor, LeastTraffic::Input& by) {
      const View::Repeated here = in_array(tensor);
      by.sent *= here.times;
      by.received *= here.parts;
      if (m != nullptr) by.loaded *= buffer.repetitions(tensor, *m);
    };
    if (!touches(d, Tensor::ifmap)) repeated(Tensor::ifmap, ifmap_by);
    if (touches(d, Tensor::weight)) {
      weight *= whole;
      weight_steps *= static_cast<double>(s.steps);
    } else {
      repeated(Tensor::weight, weight_by);
    }
    if (is_reduction(d)) {
      const View::Repeated visits = in_array(Tensor::psum);
      visits_of_pe *= visits.times;
      least.psum_visits *= sums_neighbours(d, sums_) ? visits.times : visits.parts;
      psum_parts *= visits.parts;
      if (m != nullptr) least.psums_drained *= buffer.repetitions(Tensor::psum, *m);
      least.chain *= static_cast<double>(s.first_parts);
    } else {
      outputs *= whole;
      least.first_pe_psums *= first;
      least.least_burst *= static_cast<double>(s.least_part);
      least.most_burst *= static_cast<double>(s.part);
    }
  }
  for (const std::size_t axis : {0, 1}) {
    // The busiest PE has as many as all have on average.
    if (!own_pairs_) break;
    const auto places = [&](Dimension d) {
      return ceil_div(c.splits[d].array_tile(), c.splits[d].least_part);
    };
    least.first_pe_macs *= static_cast<double>((*own_pairs_)[axis]) /
                           static_cast<double>(places(axes_[axis].output) * places(axes_[axis].tap));
  }
  const auto product = [](std::int64_t a, std::int64_t b) {
    return static_cast<double>(a) * static_cast<double>(b);
  };
  least.ifmap.loaded = ifmap * ifmap_by.loaded * product(buffer.sent(axes_[0]), buffer.sent(axes_[1]));
  least.ifmap.fetched =
      makes_zeros_ ? ifmap * ifmap_by.loaded * product(buffer.fetched(axes_[0]), buffer.fetched(axes_[1]))
                   : least.ifmap.loaded;
  least.ifmap.sent = ifmap * ifmap_by.sent * product(array.sent(axes_[0]), array.sent(axes_[1]));
  least.ifmap.received =
      ifmap * ifmap_by.received * product(array.received(axes_[0]), array.received(axes_[1]));
  least.weight.sent = weight * weight_by.sent;
  least.weight.received = weight * weight_by.received;
  least.weight_arrivals = weight_steps * weight_by.sent;
  least.weight.loaded = c.weights_in_global_buffer ? weight * weight_by.loaded : least.weight.sent;
  least.weight.fetched = least.weight.loaded;
  least.neighbour = outputs * (psum_parts - least.psum_visits);
  least.first_pe_psums *= visits_of_pe;
  least.psum_visits *= outputs;
  least.psums_drained *= outputs;
  return least;
}

}  // namespace weir
