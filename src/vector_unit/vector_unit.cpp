#include "vector_unit/vector_unit.h"

#include <algorithm>

namespace weir {

using stats::Action;
using stats::Component;
using stats::Data;

stats::LayerStats run_memory_bound(const Layer& layer, const Accelerator& accelerator, Overlap overlap) {
  const auto& [words_in, words_out, operations, values] = layer.vector_work;
  stats::LayerStats result;
  const auto through_buffer = [&](Data data, std::int64_t words) {
    result.counts.add(Component::global_buffer, data, Action::write, words);
    result.counts.add(Component::global_buffer, data, Action::read, words);
  };
  result.counts.add(Component::dram, Data::ifmap, Action::read, words_in);
  through_buffer(Data::ifmap, words_in);
  through_buffer(Data::psum, words_out);
  result.counts.add(Component::dram, Data::psum, Action::write, words_out);

  const DramSpec& dram = accelerator.dram;
  const std::int64_t width = accelerator.vector_operations_per_cycle;
  const std::int64_t moving = dram.transfer_cycles(words_in) + dram.transfer_cycles(words_out);
  result.vector_operations = operations;
  result.vector_cycles = (operations + width - 1) / width;
  // With `processing` the layer is a stream whose load, operations and drain overlap; with `total` nothing
  // is processed while a transfer runs.
  result.cycles = overlap == Overlap::processing ? std::max(moving, result.vector_cycles)
                                                 : moving + 2 * dram.latency_cycles + result.vector_cycles;
  result.pe_cycles[stats::PeState::unmapped] = result.cycles * accelerator.pes();
  for (stats::LinkCycles& link : result.links) link.idle = result.cycles;
  result.links[static_cast<std::size_t>(stats::Link::dram)] = {moving, 0, result.cycles - moving};
  result.verification = layer.has_values() ? stats::Verification::off : stats::Verification::none;
  return result;
}

}  // namespace weir
