#include "vector_unit/vector_unit.h"

#include <algorithm>

#include "account/accounting.h"

namespace weir {

using account::Flow;

stats::LayerStats run_memory_bound(const Layer& layer, const Accelerator& accelerator, Overlap overlap) {
  const auto& [words_in, words_out, operations, values] = layer.vector_work;
  stats::LayerStats result;
  account::Traffic traffic;
  traffic(Tensor::ifmap, Flow::fetched) = traffic(Tensor::ifmap, Flow::sent) = words_in;
  traffic(Tensor::psum, Flow::returned) = traffic(Tensor::psum, Flow::drained) = words_out;
  result.counts = account::Accounting::of_vector_unit().counts(traffic);

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
