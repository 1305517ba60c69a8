#include "timing/invariants.h"

#include <fmt/core.h>

#include <stdexcept>

#include "mapping/capacity.h"
#include "mapping/own_macs.h"
#include "mapping/own_words.h"

namespace weir::timing {

using stats::Action;
using stats::Component;
using stats::Data;

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

void check_invariants(const stats::LayerStats& result, const Layer& layer, Overlap overlap,
                      const Accelerator& accelerator, std::int64_t dram_words) {
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
  const auto count = [&](Component c, Data d, Action a) { return result.counts.get(c, d, a); };

  const std::int64_t macs = performed_macs(layer, accelerator);
  equal("MACs", result.macs, macs);
  equal("MACs counted",
        count(Component::mac, Data::psum, Action::mac) + count(Component::mac, Data::psum, Action::gated_mac),
        macs);
  equal("PE cycles", result.pe_cycles.total(), result.cycles * accelerator.pes());
  at_least("cycles and MACs per active PE", result.cycles * result.active_pes, result.macs);

  const bool passes = accelerator.global_buffer.ifmap_bypasses;
  const std::int64_t ifmap_words = count(Component::dram, Data::ifmap, Action::read);
  equal("DRAM words and what its link carried", result.counts.accesses(Component::dram),
        dram_words + (passes ? ifmap_words : 0));
  const std::int64_t into_buffer = count(Component::global_buffer, Data::ifmap, Action::write);
  if (makes_zeros(layer, accelerator.global_buffer)) {
    at_least("ifmap words into the buffer, zeros made there included", into_buffer, ifmap_words);
    at_least("ifmap words fetched and those there are", ifmap_words, own_words_used(layer));
  } else {
    equal("ifmap words into the buffer", into_buffer, passes ? 0 : ifmap_words);
  }
  const auto sent = [&](Data data) {
    const bool from_dram = data == Data::ifmap && passes;
    return count(from_dram ? Component::dram : Component::global_buffer, data, Action::read);
  };
  equal("weight words into the buffer", count(Component::global_buffer, Data::weight, Action::write),
        count(Component::dram, Data::weight, Action::read));
  for (const Data data : {Data::ifmap, Data::weight}) {
    if (accelerator.systolic()) {
      equal("words that entered the array and words sent", count(Component::network, data, Action::hop),
            count(Component::global_buffer, data, Action::read));
      continue;
    }
    const bool held = has_register_file(static_cast<Tensor>(data), accelerator.pe);
    equal("words received by register files", count(Component::register_file, data, Action::write),
          held ? count(Component::network, data, Action::hop) : 0);
    at_least("words received and sent", count(Component::network, data, Action::hop), sent(data));
  }
  const Extents& b = layer.bounds;
  using enum Dimension;
  equal("outputs written back",
        count(Component::dram, Data::psum, Action::write) - count(Component::dram, Data::psum, Action::read),
        b[G] * b[N] * b[M] * b[P] * b[Q]);
  const std::int64_t direct = accelerator.global_buffer.last_sum == LastSum::direct
                                  ? b[G] * b[N] * b[M] * b[P] * b[Q]
                                  : 0;  // outputs that pass the buffer by
  const std::int64_t array_reads = direct + count(Component::global_buffer, Data::psum, Action::read) -
                                   count(Component::dram, Data::psum, Action::write);
  const std::int64_t array_writes = direct + count(Component::global_buffer, Data::psum, Action::write) -
                                    count(Component::dram, Data::psum, Action::read);
  equal("psum words on the networks", count(Component::network, Data::psum, Action::hop),
        array_reads + array_writes);

  for (std::size_t i = 0; i < stats::kLinks; ++i) {
    const bool hidden = static_cast<stats::Link>(i) == stats::Link::dram && overlap == Overlap::processing;
    if (hidden) continue;
    const stats::LinkCycles& link = result.links[i];
    equal(stats::kLinkNames[i], link.busy + link.blocked + link.idle, result.cycles);
    at_least(stats::kLinkNames[i], link.idle, 0);
    at_least(stats::kLinkNames[i], link.blocked, 0);
  }
  const auto carries = [&](stats::Link link, std::int64_t words, std::int64_t words_per_cycle) {
    const auto i = static_cast<std::size_t>(link);
    at_least(stats::kLinkNames[i], result.links[i].busy * words_per_cycle, words);
  };
  carries(stats::Link::ifmap, sent(Data::ifmap), accelerator.networks.ifmap.words_per_cycle);
  carries(stats::Link::weight, count(Component::global_buffer, Data::weight, Action::read),
          accelerator.networks.weight.words_per_cycle);
  carries(stats::Link::psum_in, array_reads, accelerator.networks.psum_in.words_per_cycle);
  carries(stats::Link::psum_out, array_writes, accelerator.networks.psum_out.words_per_cycle);
}

}  // namespace weir::timing
