#include "mapping/array_shape.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace weir {
namespace {

/// Where each place along one direction of the array begins, relative to the array's tile; the last loop
/// varies fastest.
std::vector<Extents> offsets(const std::vector<NestLoop>& loops) {
  std::vector<Extents> places(1);
  for (const auto& [d, bound, step] : loops) {
    std::vector<Extents> finer;
    for (const Extents& place : places) {
      for (std::int64_t i = 0; i < bound; ++i) {
        finer.push_back(place);
        finer.back()[d] += i * step;
      }
    }
    places = std::move(finer);
  }
  return places;
}

std::int64_t places(const std::vector<NestLoop>& loops) {
  std::int64_t product = 1;
  for (const NestLoop& loop : loops) product *= loop.bound;
  return product;
}

}  // namespace

bool sums_neighbours(Dimension d, const NeighbourSums& sums) {
  switch (d) {
    case Dimension::C:
      return sums.c;
    case Dimension::R:
      return sums.r;
    case Dimension::S:
      return sums.s;
    default:
      return false;
  }
}

const ArrayShape& ArrayShapes::at(const Extents& extents) {
  const auto found =
      std::find_if(shapes_.begin(), shapes_.end(), [&](const auto& s) { return s->extents == extents; });
  if (found != shapes_.end()) return **found;
  return *shapes_.emplace_back(std::make_unique<ArrayShape>(make(extents)));
}

std::int64_t ArrayShapes::pes() const {
  return places(nest_.loops(Level::pe_rows)) * places(nest_.loops(Level::pe_columns));
}

ArrayShape ArrayShapes::make(const Extents& extents) const {
  ArrayShape shape{extents, {}, {}};
  const auto rows = offsets(nest_.loops(Level::pe_rows));
  const auto columns = offsets(nest_.loops(Level::pe_columns));
  // Chains by column, their psums' place and that of reductions that neighbours do not add; the rows come in
  // order, so a chain's first member is its top.
  using Place = std::array<std::int64_t, kDimensions>;
  std::map<std::pair<std::size_t, Place>, std::size_t> chain_of;
  std::set<Place> seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < columns.size(); ++j) {
      ActivePe pe{static_cast<std::int64_t>(i * columns.size() + j), {}, 1, 1};
      Place psums{}, place{};
      for (const Dimension d : kAllDimensions) {
        pe.tile.base[d] = rows[i][d] + columns[j][d];
        pe.tile.extents[d] = std::min(nest_.tile(Level::pe)[d], extents[d] - pe.tile.base[d]);
        if (pe.tile.extents[d] <= 0) pe.macs = 0;
        pe.macs *= pe.tile.extents[d];
        if (!sums_neighbours(d, sums_)) place[static_cast<std::size_t>(d)] = pe.tile.base[d];
        if (is_reduction(d)) continue;
        pe.psum_words *= pe.tile.extents[d];
        psums[static_cast<std::size_t>(d)] = pe.tile.base[d];
      }
      if (pe.macs <= 0) continue;
      const auto [at, is_new] = chain_of.try_emplace({j, place}, shape.chains.size());
      if (is_new) shape.chains.push_back({{}, seen.insert(psums).second});
      shape.chains[at->second].members.push_back(shape.active.size());
      shape.active.push_back(pe);
    }
  }
  return shape;
}

}  // namespace weir
