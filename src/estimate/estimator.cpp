#include "estimate/estimator.h"

#include <algorithm>

#include "estimate/words.h"

namespace weir::estimate {

using enum Dimension;
using stats::Action;
using stats::Component;
using stats::Data;

Estimator::Estimator(const Layer& layer, const Accelerator& accelerator, Overlap overlap)
    : layer_(layer), accelerator_(accelerator), overlap_(overlap) {}

Evaluation Estimator::evaluate(const Mapping& mapping) const {
  const View buffer = buffer_view(mapping, layer_);
  const View array = array_view(mapping, layer_);
  const Extents& b = layer_.bounds;
  const std::int64_t macs = layer_.macs();
  const std::int64_t outputs = b[G] * b[N] * b[M] * b[P] * b[Q];

  Evaluation result;
  stats::Counts& counts = result.counts;
  const auto count_input = [&](Tensor tensor, Data data, bool in_buffer) {
    const InputWords words = input_words(tensor, array, layer_);
    const std::int64_t loaded = in_buffer ? input_words(tensor, buffer, layer_).sent : words.sent;
    counts.add(Component::dram, data, Action::read, loaded);
    counts.add(Component::global_buffer, data, Action::write, loaded);
    counts.add(Component::global_buffer, data, Action::read, words.sent);
    counts.add(Component::network, data, Action::hop, words.received);
    counts.add(Component::register_file, data, Action::write, words.received);
    counts.add(Component::register_file, data, Action::read, macs);
  };
  count_input(Tensor::ifmap, Data::ifmap, true);
  count_input(Tensor::weight, Data::weight, mapping.weights_in_global_buffer);

  const PsumWords drained = psum_words(buffer);
  const PsumWords visits = psum_words(array);
  const std::int64_t returning = drained.leaving - outputs;
  const std::int64_t into_array =
      visits.leaving - (accelerator_.networks.psum_ports.reads_initial ? 0 : outputs);
  counts.add(Component::dram, Data::psum, Action::write, drained.leaving);
  counts.add(Component::dram, Data::psum, Action::read, returning);
  counts.add(Component::global_buffer, Data::psum, Action::read, into_array + drained.leaving);
  counts.add(Component::global_buffer, Data::psum, Action::write, visits.leaving + returning);
  counts.add(Component::network, Data::psum, Action::hop, into_array + visits.leaving);
  counts.add(Component::neighbour, Data::psum, Action::hop, visits.neighbour);
  counts.add(Component::register_file, Data::psum, Action::read, macs);
  counts.add(Component::register_file, Data::psum, Action::write, macs);
  counts.add(Component::mac, Data::psum, Action::mac, macs);

  result.active_pes = 1;
  for (const Dimension d : kAllDimensions) {
    const Positions& p = array.positions[d];
    result.active_pes *= p.count == 1 ? (p.last_extent() + p.part - 1) / p.part : p.places;
  }
  return result;
}

}  // namespace weir::estimate
