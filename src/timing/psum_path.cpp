#include "timing/psum_path.h"

#include <algorithm>

namespace weir::timing {

using enum Dimension;
using stats::Action;
using stats::Component;
using stats::Data;
using stats::PeState;

namespace {

PeTimes& pe_of(const ArrayShape& shape, std::size_t member, std::vector<PeTimes>& pes) {
  return pes[static_cast<std::size_t>(shape.active[member].pe)];
}

}  // namespace

void PsumPath::begin_layer(const LoopNest& nest, const Layer& layer, const ArrayShape& full,
                           std::int64_t pes) {
  in.reset();
  out.reset();
  full_ = nest.tile(Level::pe_rows);
  chains_ = full.chains.size();
  chain_of_top_.assign(static_cast<std::size_t>(pes), 0);
  for (std::size_t i = 0; i < chains_; ++i) {
    chain_of_top_[static_cast<std::size_t>(full.active[full.chains[i].members.front()].pe)] = i;
  }
  std::int64_t tiles = 1;
  for (const Dimension d : kAllDimensions) {
    places_[d] = is_reduction(d) ? 1 : ceil_div(layer.bounds[d], full_[d]);
    tiles *= places_[d];
  }
  written_.assign(static_cast<std::size_t>(tiles) * chains_, 0);
}

Cycle& PsumPath::written_at(const Extents& base, std::int64_t top_pe) {
  std::int64_t tile = 0;
  for (const Dimension d : kAllDimensions) {
    if (!is_reduction(d)) tile = tile * places_[d] + base[d] / full_[d];
  }
  return written_[static_cast<std::size_t>(tile) * chains_ + chain_of_top_[static_cast<std::size_t>(top_pe)]];
}

bool PsumPath::reads_buffer(const Tile& tile) const {
  return reads_initial_ || tile.base[C] != 0 || tile.base[R] != 0 || tile.base[S] != 0;
}

void PsumPath::end_visit(const Tile& tile, const ArrayShape& shape, Cycle gate, std::vector<PeTimes>& pes,
                         stats::LayerStats& stats) {
  const bool from_buffer = reads_buffer(tile);
  std::int64_t words_in = 0, words_out = 0, hops = 0;
  for (const Chain& chain : shape.chains) {
    const ActivePe& top = shape.active[chain.members.front()];
    Cycle& written = written_at(tile.base, top.pe);
    Cycle arrival = 0;
    if (from_buffer) {
      arrival = bring_in(top.psum_words, pe_of(shape, chain.members.back(), pes).psum_in_port,
                         std::max(gate, written));
      words_in += top.psum_words;
    }
    accumulate(shape, chain, from_buffer, arrival, pes, stats.pe_cycles);

    PeTimes& writer = pe_of(shape, chain.members.front(), pes);
    out.send(top.psum_words, writer.free_at);
    written = out.free_at();
    writer.psum_out_port.give_back(top.psum_words, written);
    words_out += top.psum_words;
    hops += (static_cast<std::int64_t>(chain.members.size()) - 1) * top.psum_words;
  }
  stats::Counts& counts = stats.counts;
  counts.add(Component::global_buffer, Data::psum, Action::read, words_in);
  counts.add(Component::global_buffer, Data::psum, Action::write, words_out);
  counts.add(Component::network, Data::psum, Action::hop, words_in + words_out);
  counts.add(Component::neighbour, Data::psum, Action::hop, hops);
}

Cycle PsumPath::bring_in(std::int64_t words, BoundedStore& port, Cycle earliest) {
  const Cycle began = in.send(words, std::max(earliest, port.room_for(words)));
  port.take(words);
  return began + 1;
}

void PsumPath::accumulate(const ArrayShape& shape, const Chain& chain, bool from_buffer, Cycle arrival,
                          std::vector<PeTimes>& pes, stats::PeCycles& cycles) const {
  const std::int64_t words = shape.active[chain.members.front()].psum_words;
  for (std::size_t i = chain.members.size(); i-- > 0;) {
    PeTimes& self = pe_of(shape, chain.members[i], pes);
    const bool is_bottom = i + 1 == chain.members.size();
    BoundedStore& target =
        i == 0 ? self.psum_out_port : pe_of(shape, chain.members[i - 1], pes).neighbour_port;
    const Cycle supplied = std::max(self.macs_done, arrival);
    const Cycle begin = std::max(supplied, target.room_for(words));
    target.take(words);
    self.free_at = begin + words;
    if (!is_bottom) {
      self.neighbour_port.give_back(words, self.free_at);
    } else if (from_buffer) {
      self.psum_in_port.give_back(words, self.free_at);
    }
    cycles[PeState::wait_psum] += supplied - self.macs_done;
    cycles[PeState::wait_output_space] += begin - supplied;
    cycles[PeState::psum_accumulate] += words;
    arrival = begin + 1;
  }
}

}  // namespace weir::timing
