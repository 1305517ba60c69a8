#include "timing/psum_path.h"

#include <algorithm>
#include <array>
#include <map>

namespace weir::timing {

using enum Dimension;
using stats::PeState;

namespace {

constexpr std::size_t kMostRecent = 4096;  // more is not worth remembering

PeTimes& pe_of(const ArrayShape& shape, std::size_t member, std::vector<PeTimes>& pes) {
  return pes[static_cast<std::size_t>(shape.active[member].pe)];
}

}  // namespace

void PsumPath::begin_layer(const LoopNest& nest, const Layer& layer, const ArrayShape& full,
                           std::int64_t pes) {
  in.reset();
  out.reset();
  full_ = nest.tile(Level::pe_rows);
  std::map<std::array<std::int64_t, kDimensions>, std::size_t> number_of;
  psums_of_top_.assign(static_cast<std::size_t>(pes), 0);
  for (const Chain& chain : full.chains) {
    const ActivePe& top = full.active[chain.members.front()];
    auto place = top.tile.base;
    place[C] = place[R] = place[S] = 0;
    psums_of_top_[static_cast<std::size_t>(top.pe)] =
        number_of.try_emplace(place.values, number_of.size()).first->second;
  }
  psums_ = number_of.size();
  revisits_ = psums_ < full.chains.size();
  for (const Level level : {Level::dram, Level::global_buffer}) {
    for (const NestLoop& loop : nest.loops(level))
      revisits_ = revisits_ || (is_reduction(loop.dimension) && loop.bound > 1);
  }
  std::int64_t tiles = 1;
  for (const Dimension d : kAllDimensions) {
    places_[d] = is_reduction(d) ? 1 : ceil_div(layer.bounds[d], full_[d]);
    tiles *= places_[d];
  }
  written_.assign(static_cast<std::size_t>(tiles) * psums_, 0);
  recent_.clear();
  bursts_out_ = forgotten_ = 0;
  neighbour = {};
}

std::int64_t PsumPath::place_of(const Extents& base) const {
  std::int64_t tile = 0;
  for (const Dimension d : kAllDimensions) {
    if (!is_reduction(d)) tile = tile * places_[d] + base[d] / full_[d];
  }
  return tile * static_cast<std::int64_t>(psums_);
}

bool PsumPath::reads_buffer(const Extents& base) const {
  return reads_initial_ || base[C] != 0 || base[R] != 0 || base[S] != 0;
}

void PsumPath::end_visit(const Extents& base, const ArrayShape& shape, bool visit_reads, Cycle gate,
                         std::vector<PeTimes>& pes, stats::PeCycles& cycles) {
  const std::int64_t first_place = place_of(base);
  for (const Chain& chain : shape.chains) {
    const bool from_buffer = visit_reads || !chain.first;
    const ActivePe& top = shape.active[chain.members.front()];
    const std::int64_t place =
        first_place + static_cast<std::int64_t>(psums_of_top_[static_cast<std::size_t>(top.pe)]);
    Cycle arrival = 0;
    if (from_buffer) {
      arrival = bring_in(top.psum_words, pe_of(shape, chain.members.back(), pes).psum_in_port,
                         std::max(gate, written_[static_cast<std::size_t>(place)]));
    }
    accumulate(shape, chain, from_buffer, arrival, pes, cycles);

    PeTimes& writer = pe_of(shape, chain.members.front(), pes);
    out.send(top.psum_words, writer.free_at);
    writer.psum_out_port.give_back(top.psum_words, out.free_at);
    note_written(place, out.free_at);
    neighbour.words += (static_cast<std::int64_t>(chain.members.size()) - 1) * top.psum_words;
  }
}

void PsumPath::note_written(std::int64_t place, Cycle time) {
  ++bursts_out_;
  if (!revisits_) return;
  written_[static_cast<std::size_t>(place)] = time;
  recent_.push_back({place, time});
  // What ended before the network in is free again makes nobody wait.
  while (!recent_.empty() && (recent_.front().time <= in.free_at || recent_.size() > kMostRecent)) {
    forgotten_ = recent_.front().time;
    recent_.pop_front();
  }
}

bool PsumPath::save_written(std::int64_t first, const Extents& base, Cycle zero,
                            std::vector<std::int64_t>& state) const {
  const std::int64_t first_known = bursts_out_ - static_cast<std::int64_t>(recent_.size());
  if (first < first_known && forgotten_ > in.free_at) return false;
  const std::int64_t here = place_of(base);
  const std::size_t count = state.size();
  state.push_back(0);
  for (auto i = static_cast<std::size_t>(std::max<std::int64_t>(0, first - first_known)); i < recent_.size();
       ++i) {
    const auto& [place, time] = recent_[i];
    if (time <= in.free_at) continue;
    state.insert(state.end(), {place - here, time - zero});
    ++state[count];
  }
  return true;
}

const std::int64_t* PsumPath::load_written(const Extents& base, Cycle zero, const std::int64_t* state) {
  const std::int64_t here = place_of(base);
  for (std::int64_t i = *state++; i > 0; --i, state += 2) note_written(state[0] + here, state[1] + zero);
  return state;
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
