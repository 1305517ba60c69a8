#include "arch/psum_path.h"

#include <algorithm>

#include "mapping/footprint.h"

namespace weir::arch {

using enum Dimension;
using stats::Action;
using stats::Component;
using stats::Data;
using stats::PeState;

void PsumPath::begin_layer(LayerContext& layer) {
  layer_ = &layer;
  const Extents& full = layer.nest.tile(Level::pe_rows);
  const ArrayShape& shape = layer.shapes.at(full);
  chains_ = shape.chains.size();
  chain_of_top_.assign(pes_.size(), 0);
  for (std::size_t i = 0; i < chains_; ++i) {
    chain_of_top_[static_cast<std::size_t>(shape.active[shape.chains[i].members.front()].pe)] = i;
  }
  std::int64_t tiles = 1;
  for (const Dimension d : kAllDimensions) {
    if (!is_reduction(d)) tiles *= ceil_div(layer.job.layer.bounds[d], full[d]);
  }
  written_.assign(static_cast<std::size_t>(tiles) * chains_, 0);
}

Cycle& PsumPath::written_at(const Extents& base, std::int64_t top_pe) {
  const Extents& full = layer_->nest.tile(Level::pe_rows);
  std::int64_t tile = 0;
  for (const Dimension d : kAllDimensions) {
    if (!is_reduction(d)) tile = tile * ceil_div(layer_->job.layer.bounds[d], full[d]) + base[d] / full[d];
  }
  return written_[static_cast<std::size_t>(tile) * chains_ + chain_of_top_[static_cast<std::size_t>(top_pe)]];
}

void PsumPath::end_visit(const Tile& tile, const ArrayShape& shape, bool finishes, Cycle gate) {
  stats::Counts& counts = layer_->stats.counts;
  const bool first_visit = tile.base[C] == 0 && tile.base[R] == 0 && tile.base[S] == 0;
  const bool from_buffer = !first_visit || spec_.networks.psum_ports.reads_initial;
  const bool stored = !finishes || spec_.global_buffer.last_sum == LastSum::stored;
  for (const Chain& chain : shape.chains) {
    const ActivePe& top = shape.active[chain.members.front()];
    Cycle& written = written_at(tile.base, top.pe);
    const Cycle arrival = from_buffer ? bring_in(shape, chain, std::max(gate, written)) : 0;
    accumulate(shape, chain, from_buffer, arrival);

    ProcessingElement& writer = pe(shape, chain.members.front());
    out_.send(top.psum_words, writer.free_at);
    written = out_.free_at();
    writer.psum_out_port.give_back(top.psum_words, written);

    const auto length = static_cast<std::int64_t>(chain.members.size());
    if (from_buffer) {
      counts.add(Component::global_buffer, Data::psum, Action::read, top.psum_words);
      counts.add(Component::network, Data::psum, Action::hop, top.psum_words);
    }
    counts.add(Component::neighbour, Data::psum, Action::hop, (length - 1) * top.psum_words);
    counts.add(Component::network, Data::psum, Action::hop, top.psum_words);
    if (stored) counts.add(Component::global_buffer, Data::psum, Action::write, top.psum_words);
    if (layer_->job.data) add_values(tile, shape, chain, from_buffer);
  }
}

Cycle PsumPath::bring_in(const ArrayShape& shape, const Chain& chain, Cycle earliest) {
  const std::int64_t words = shape.active[chain.members.back()].psum_words;
  BoundedStore& port = pe(shape, chain.members.back()).psum_in_port;
  const Cycle began = in_.send(words, std::max(earliest, port.room_for(words)));
  port.take(words);
  return began + 1;
}

void PsumPath::accumulate(const ArrayShape& shape, const Chain& chain, bool from_buffer, Cycle arrival) {
  stats::PeCycles& cycles = layer_->stats.pe_cycles;
  const std::int64_t words = shape.active[chain.members.front()].psum_words;
  for (std::size_t i = chain.members.size(); i-- > 0;) {
    ProcessingElement& self = pe(shape, chain.members[i]);
    const bool is_bottom = i + 1 == chain.members.size();
    BoundedStore& target = i == 0 ? self.psum_out_port : pe(shape, chain.members[i - 1]).neighbour_port;
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

void PsumPath::add_values(const Tile& tile, const ArrayShape& shape, const Chain& chain, bool from_buffer) {
  const ActivePe& top = shape.active[chain.members.front()];
  Tile psums = top.tile;
  for (const Dimension d : kAllDimensions) psums.base[d] += tile.base[d];
  const auto for_each_line = [&](auto visit) {  // of output channels side by side
    const auto& [base, extents] = psums;
    for (std::int64_t g = 0; g < extents[G]; ++g)
      for (std::int64_t n = 0; n < extents[N]; ++n)
        for (std::int64_t p = 0; p < extents[P]; ++p)
          for (std::int64_t q = 0; q < extents[Q]; ++q)
            visit(buffer_.psums().at({base[G] + g, base[N] + n, base[M], base[P] + p, base[Q] + q}));
  };
  const auto channels = static_cast<std::size_t>(psums.extents[M]);
  sums_.clear();
  if (from_buffer) {
    for_each_line([&](const std::uint32_t* line) { sums_.insert(sums_.end(), line, line + channels); });
  }
  sums_.resize(static_cast<std::size_t>(top.psum_words), 0);
  for (const std::size_t member : chain.members) pe(shape, member).add_psums(psums.extents, sums_);
  auto sum = sums_.begin();
  for_each_line([&](std::uint32_t* line) {
    std::copy(sum, sum + static_cast<std::ptrdiff_t>(channels), line);
    sum += static_cast<std::ptrdiff_t>(channels);
  });
}

}  // namespace weir::arch
