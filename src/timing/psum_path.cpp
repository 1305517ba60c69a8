#include "timing/psum_path.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "mapping/capacity.h"

namespace weir::timing {

using enum Dimension;
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
  std::map<std::array<std::int64_t, kDimensions>, std::size_t> number_of;
  psums_of_top_.assign(static_cast<std::size_t>(pes), 0);
  members_of_top_.assign(static_cast<std::size_t>(pes), 0);
  for (const Chain& chain : full.chains) {
    const ActivePe& top = full.active[chain.members.front()];
    auto place = top.tile.base;
    place[C] = place[R] = place[S] = 0;
    psums_of_top_[static_cast<std::size_t>(top.pe)] =
        number_of.try_emplace(place.values, number_of.size()).first->second;
    members_of_top_[static_cast<std::size_t>(top.pe)] = chain.members.size();
  }
  written_.begin_layer(nest, layer, number_of.size(), number_of.size() < full.chains.size());
  neighbour = {};
}

bool PsumPath::reads_buffer(const Extents& base) const { return reads_psums(base, reads_initial_); }

Cycle PsumPath::end_visit(const Extents& base, const ArrayShape& shape, bool visit_reads, Cycle gate,
                          std::vector<PeTimes>& pes, stats::PeCycles& cycles) {
  const std::int64_t first_place = written_.place_of(base);
  Cycle done = 0;
  for (const Chain& chain : shape.chains) {
    const bool from_buffer = visit_reads || !chain.first;
    const ActivePe& top = shape.active[chain.members.front()];
    const std::int64_t place =
        first_place + static_cast<std::int64_t>(psums_of_top_[static_cast<std::size_t>(top.pe)]);
    Cycle arrival = 0;
    if (from_buffer) {
      arrival = bring_in(top.psum_words, pe_of(shape, chain.members.back(), pes).psum_in_port,
                         std::max(gate, written_.time_of(place)));
    }
    accumulate(shape, chain, from_buffer, arrival, pes, cycles);

    PeTimes& writer = pe_of(shape, chain.members.front(), pes);
    out.send(top.psum_words, writer.free_at);
    writer.psum_out_port.give_back(top.psum_words, out.free_at);
    written_.note(place, out.free_at, in.free_at);
    done = std::max(done, writer.free_at);
    neighbour.words += (static_cast<std::int64_t>(chain.members.size()) - 1) * top.psum_words;
  }
  return done;
}

Cycle PsumPath::bring_in(std::int64_t words, BoundedStore& port, Cycle earliest) {
  port.pass(in.free_at);
  const Cycle began = in.send(words, std::max(earliest, port.room_for(words)));
  port.take(words);
  return began + 1;
}

void PsumPath::accumulate(const ArrayShape& shape, const Chain& chain, bool from_buffer, Cycle arrival,
                          std::vector<PeTimes>& pes, stats::PeCycles& cycles) const {
  const ActivePe& top = shape.active[chain.members.front()];
  const std::int64_t words = top.psum_words;
  // Of a whole chain no PE passes anything on any more before its MACs are done. A PE that is idle now may.
  Cycle passed = std::numeric_limits<Cycle>::min();
  if (chain.members.size() == members_of_top_[static_cast<std::size_t>(top.pe)]) {
    passed = std::numeric_limits<Cycle>::max();
    for (const std::size_t member : chain.members)
      passed = std::min(passed, pe_of(shape, member, pes).macs_done);
  }
  for (std::size_t i = chain.members.size(); i-- > 0;) {
    PeTimes& self = pe_of(shape, chain.members[i], pes);
    const bool is_bottom = i + 1 == chain.members.size();
    BoundedStore& target =
        i == 0 ? self.psum_out_port : pe_of(shape, chain.members[i - 1], pes).neighbour_port;
    target.pass(passed);
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
