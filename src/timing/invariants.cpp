#include "timing/invariants.h"

#include <fmt/core.h>

#include <stdexcept>

#include "mapping/own_macs.h"
#include "mapping/own_words.h"

namespace weir::timing {

using account::Flow;
using stats::Action;
using stats::Component;

namespace {

/// Words of the ifmap that some output needs, zeros of padding left out.
std::int64_t own_words_used(const Layer& layer) {
  using enum Dimension;
  const Extents& b = layer.bounds;
  const AxisTile rows{0, b[P], b[R], layer.stride.vertical, layer.dilation.vertical};
  const AxisTile columns{0, b[Q], b[S], layer.stride.horizontal, layer.dilation.horizontal};
  return b[G] * b[N] * b[C] * own_rows(layer).in(rows)*own_columns(layer).in(columns);
}

}  // namespace

void check_invariants(const stats::LayerStats& result, const account::Traffic& traffic, const Layer& layer,
                      Overlap overlap, const Accelerator& accelerator, std::int64_t dram_words) {
  const auto require = [&](bool holds, std::string_view what, std::int64_t left, std::int64_t right) {
    if (!holds)
      throw std::logic_error(fmt::format("layer {}: {}: {} against {}", layer.name, what, left, right));
  };
  const auto equal = [&](std::string_view what, std::int64_t left, std::int64_t right) {
    require(left == right, what, left, right);
  };
  const auto at_least = [&](std::string_view what, std::int64_t left, std::int64_t right) {
    require(left >= right, what, left, right);
  };
  const auto count = [&](Component c, Tensor d, Action a) { return result.counts.get(c, d, a); };

  const std::int64_t macs = performed_macs(layer, accelerator);
  equal("MACs", result.macs, macs);
  equal("MACs counted",
        count(Component::mac, Tensor::psum, Action::mac) +
            count(Component::mac, Tensor::psum, Action::gated_mac),
        macs);
  equal("PE cycles", result.pe_cycles.total(), result.cycles * accelerator.pes());
  at_least("cycles and MACs per active PE", result.cycles * result.active_pes, result.macs);

  const auto words = [&](Tensor tensor, Flow flow) { return traffic(tensor, flow); };
  const bool passes = accelerator.global_buffer.ifmap_bypasses;
  equal("DRAM words and what its link carried", result.counts.accesses(Component::dram),
        dram_words + (passes ? words(Tensor::ifmap, Flow::sent) : 0));
  const std::int64_t fetched = words(Tensor::ifmap, Flow::fetched);
  const std::int64_t made = words(Tensor::ifmap, Flow::made);
  if (makes_zeros(layer, accelerator.global_buffer)) {
    at_least("zeros made where the buffer is filled", made, 0);
    at_least("ifmap words fetched and those there are", fetched, own_words_used(layer));
  } else {
    equal("zeros made where the buffer is filled", made, 0);
  }
  for (const Tensor tensor : {Tensor::ifmap, Tensor::weight})
    at_least("words received and sent", words(tensor, Flow::received), words(tensor, Flow::sent));
  equal("psums that enter the array and those sent", words(Tensor::psum, Flow::received),
        words(Tensor::psum, Flow::sent));
  const std::int64_t outputs = layer.outputs();
  equal("outputs written back", words(Tensor::psum, Flow::drained) - words(Tensor::psum, Flow::fetched),
        outputs);
  equal("psums that leave the array and those that enter it",
        words(Tensor::psum, Flow::returned) - words(Tensor::psum, Flow::sent),
        accelerator.networks.psum_ports.reads_initial ? 0 : outputs);

  for (std::size_t i = 0; i < stats::kLinks; ++i) {
    const bool hidden = static_cast<stats::Link>(i) == stats::Link::dram && overlap == Overlap::processing;
    if (hidden) continue;
    const stats::LinkCycles& link = result.links[i];
    equal(stats::kLinkNames[i], link.busy + link.blocked + link.idle, result.cycles);
    at_least(stats::kLinkNames[i], link.idle, 0);
    at_least(stats::kLinkNames[i], link.blocked, 0);
  }
  const auto carries = [&](stats::Link link, std::int64_t carried, std::int64_t words_per_cycle) {
    const auto i = static_cast<std::size_t>(link);
    at_least(stats::kLinkNames[i], result.links[i].busy * words_per_cycle, carried);
  };
  carries(stats::Link::ifmap, words(Tensor::ifmap, Flow::sent), accelerator.networks.ifmap.words_per_cycle);
  carries(stats::Link::weight, words(Tensor::weight, Flow::sent),
          accelerator.networks.weight.words_per_cycle);
  carries(stats::Link::psum_in, words(Tensor::psum, Flow::sent),
          accelerator.networks.psum_in.words_per_cycle);
  carries(stats::Link::psum_out, words(Tensor::psum, Flow::returned),
          accelerator.networks.psum_out.words_per_cycle);
}

}  // namespace weir::timing
