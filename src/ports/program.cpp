#include "ports/program.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace weir::ports {
namespace {

using enum Dimension;

/// Where each place along the rows, or the columns, begins; the last loop varies fastest.
std::vector<Extents> places_along(const std::vector<NestLoop>& loops) {
  std::vector<Extents> places(1);
  for (const auto& [dimension, bound, step] : loops) {
    std::vector<Extents> all;
    for (const Extents& outer : places) {
      for (std::int64_t i = 0; i < bound; ++i) all.emplace_back(outer)[dimension] += i * step;
    }
    places = std::move(all);
  }
  return places;
}

/// {first + i*stride + j*dilation}, each once, ascending.
std::vector<std::int64_t> slide(std::int64_t first, std::int64_t outputs, std::int64_t stride,
                                std::int64_t taps, std::int64_t dilation) {
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < outputs; ++i) {
    for (std::int64_t j = 0; j < taps; ++j) places.push_back(first + i * stride + j * dilation);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

std::vector<std::int64_t> range(std::int64_t first, std::int64_t count) {
  return slide(first, count, 1, 1, 1);
}

}  // namespace

Program::Program(const Layer& layer, const Mapping& mapping, const Accelerator& accelerator, Overlap overlap)
    : layer_(layer),
      mapping_(mapping),
      accelerator_(accelerator),
      overlap_(overlap),
      nest_(mapping, layer),
      places_(static_cast<std::size_t>(accelerator.pes())) {
  place_pes();
}

void Program::place_pes() {
  const auto rows = places_along(nest_.loops(Level::pe_rows));
  const auto columns = places_along(nest_.loops(Level::pe_columns));
  const auto wide = static_cast<std::int64_t>(columns.size());
  const bool is_grid = wide <= accelerator_.columns;  // else the chip is a bag, whose PEs stand anywhere
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto row = static_cast<std::int64_t>(r), column = static_cast<std::int64_t>(c);
      const std::int64_t pe = row * (is_grid ? accelerator_.columns : wide) + column;
      places_.at(static_cast<std::size_t>(pe)) = {true, rows[r], columns[c], column};
      used_.push_back(pe);
    }
  }
}

std::optional<Tile> Program::tile_of(std::int64_t pe, const Tile& array_tile) const {
  const Place& place = places_[static_cast<std::size_t>(pe)];
  if (!place.used) return std::nullopt;
  Tile tile;
  for (const Dimension d : kAllDimensions) {
    const std::int64_t from = place.row[d] + place.column[d];
    tile.base[d] = array_tile.base[d] + from;
    tile.extents[d] = std::min(nest_.tile(Level::pe)[d], array_tile.extents[d] - from);
    if (tile.extents[d] <= 0) return std::nullopt;
  }
  return tile;
}

const ArrayPlan& Program::plan(const Extents& array_tile) {
  for (const ArrayPlan& plan : plans_) {
    if (plan.extents == array_tile) return plan;
  }
  return plans_.emplace_back(make_plan(array_tile));
}

ArrayPlan Program::make_plan(const Extents& array_tile) const {
  ArrayPlan plan{array_tile, std::vector<ChainLink>(places_.size()), {}};
  const NeighbourSums& sums = accelerator_.networks.neighbour_sums;
  using Key = std::vector<std::int64_t>;
  std::map<Key, std::size_t> chain_of, last_chain_of;  // by column and what is summed; by what is summed
  for (const std::int64_t pe : used_) {
    const auto tile = tile_of(pe, {{}, array_tile});
    if (!tile) continue;
    ChainLink& link = plan.links[static_cast<std::size_t>(pe)];
    link.active = true;
    Key psums, own = {places_[static_cast<std::size_t>(pe)].column_number};
    for (const Dimension d : kAllDimensions) {
      const bool summed = (d == C && sums.c) || (d == R && sums.r) || (d == S && sums.s);
      if (!is_reduction(d)) psums.push_back(tile->base[d]);
      if (!summed) own.push_back(tile->base[d]);
    }
    const auto [at, is_top] = chain_of.try_emplace(own, plan.chains.size());
    if (is_top) {
      const auto [other, is_first] = last_chain_of.try_emplace(psums, plan.chains.size());
      if (!is_first) plan.chains[std::exchange(other->second, plan.chains.size())].is_last = false;
      plan.chains.push_back({pe, pe, !is_first, true});
    }
    Chain& chain = plan.chains[at->second];
    if (!is_top) {
      link.above = chain.bottom;
      plan.links[static_cast<std::size_t>(chain.bottom)].below = pe;
      chain.bottom = pe;
    }
    link.adds_to_others = chain.adds_to_others;
  }
  return plan;
}

bool Program::has_register_file(Tensor tensor) const {
  const ProcessingElementSpec& pe = accelerator_.pe;
  if (pe.shared_rf_words > 0) return true;
  if (tensor == Tensor::ifmap) return pe.ifmap_rf_words > 0;
  return (tensor == Tensor::weight ? pe.weight_rf_words : pe.psum_rf_words) > 0;
}

std::int64_t Program::operand_room(Tensor tensor) const {
  const ProcessingElementSpec& pe = accelerator_.pe;
  const auto full_tile = [&](Tensor t) {
    return static_cast<std::int64_t>(words(t, {{}, nest_.tile(Level::pe)}).size());
  };
  std::int64_t room = tensor == Tensor::ifmap ? pe.ifmap_rf_words : pe.weight_rf_words;
  if (pe.shared_rf_words > 0) {
    room = full_tile(Tensor::weight);
    if (tensor == Tensor::ifmap) room = pe.shared_rf_words - room - full_tile(Tensor::psum);
  } else if (room == 0) {
    room = 2 * full_tile(tensor);
  }
  return room + pe.input_fifo_words;
}

std::vector<Address> Program::words(Tensor tensor, const Tile& tile) const {
  const auto& [base, extents] = tile;
  const Extents& b = layer_.bounds;
  std::vector<std::vector<std::int64_t>> axes;
  std::vector<std::int64_t> lengths;
  const auto add = [&](std::vector<std::int64_t> places, std::int64_t length) {
    axes.push_back(std::move(places));
    lengths.push_back(length);
  };
  const auto add_range = [&](Dimension d) { add(range(base[d], extents[d]), b[d]); };
  const auto add_slide = [&](Dimension out, Dimension tap, std::int64_t stride, std::int64_t dilation,
                             std::int64_t length) {
    add(slide(base[out] * stride + base[tap] * dilation, extents[out], stride, extents[tap], dilation),
        length);
  };
  add_range(G);
  if (tensor == Tensor::ifmap) {
    add_range(N);
    add_range(C);
    add_slide(P, R, layer_.stride.vertical, layer_.dilation.vertical, layer_.padded_rows());
    add_slide(Q, S, layer_.stride.horizontal, layer_.dilation.horizontal, layer_.padded_columns());
  } else if (tensor == Tensor::weight) {
    for (const Dimension d : {M, C, R, S}) add_range(d);
  } else {
    for (const Dimension d : {N, M, P, Q}) add_range(d);
  }
  std::vector<Address> found = {0};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::vector<Address> finer;
    finer.reserve(found.size() * axes[i].size());
    for (const Address outer : found) {
      for (const std::int64_t place : axes[i]) finer.push_back(outer * lengths[i] + place);
    }
    found = std::move(finer);
  }
  return found;
}

Address Program::ifmap_address(const Extents& at) const {
  const std::int64_t h = at[P] * layer_.stride.vertical + at[R] * layer_.dilation.vertical;
  const std::int64_t w = at[Q] * layer_.stride.horizontal + at[S] * layer_.dilation.horizontal;
  return (((at[G] * layer_.bounds[N] + at[N]) * layer_.bounds[C] + at[C]) * layer_.padded_rows() + h) *
             layer_.padded_columns() +
         w;
}

Address Program::weight_address(const Extents& at) const {
  const Extents& b = layer_.bounds;
  return (((at[G] * b[M] + at[M]) * b[C] + at[C]) * b[R] + at[R]) * b[S] + at[S];
}

Address Program::psum_address(const Extents& at) const {
  const Extents& b = layer_.bounds;
  return (((at[G] * b[N] + at[N]) * b[M] + at[M]) * b[P] + at[P]) * b[Q] + at[Q];
}

bool Program::is_padding(Address word) const {
  const auto is_own = [](std::int64_t at, std::int64_t before, std::int64_t own, std::int64_t spacing) {
    return at >= before && at < before + own && (at - before) % spacing == 0;
  };
  const std::int64_t w = column_of(word), h = word / layer_.padded_columns() % layer_.padded_rows();
  return !is_own(h, layer_.padding.top, layer_.input.vertical, layer_.spacing.vertical) ||
         !is_own(w, layer_.padding.left, layer_.input.horizontal, layer_.spacing.horizontal);
}

bool Program::is_first_visit(const Tile& tile) const {
  return tile.base[C] == 0 && tile.base[R] == 0 && tile.base[S] == 0;
}

bool Program::is_last_visit(const Tile& tile) const {
  return std::all_of(kAllDimensions.begin(), kAllDimensions.end(), [&](Dimension d) {
    return !is_reduction(d) || tile.base[d] + tile.extents[d] == layer_.bounds[d];
  });
}

}  // namespace weir::ports
