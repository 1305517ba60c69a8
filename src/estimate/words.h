#pragma once

#include <array>
#include <cstdint>

#include "accelerator/accelerator.h"
#include "estimate/axis.h"
#include "mapping/mapping.h"
#include "workload/layer.h"

namespace weir::estimate {

/// How a nest looks from one level of storage: the loops that move its tiles, and each dimension's positions.
struct View {
  TemporalLoops loops;
  PerDimension<Positions> positions;
};

/// The buffer's tiles, moved by the loops at dram.
View buffer_view(const Mapping& mapping, const Layer& layer);
/// The array's tiles with the PEs' parts, moved by the loops at dram and global_buffer.
View array_view(const Mapping& mapping, const Layer& layer);

/// Words of an input that cross into a level over a whole layer.
struct InputWords {
  std::int64_t sent = 0;      ///< a word that several parts take at once counts once
  std::int64_t received = 0;  ///< once a part
};
/// Psum words that leave a level over a whole layer.
struct PsumWords {
  std::int64_t leaving = 0;    ///< summed over visits
  std::int64_t neighbour = 0;  ///< hops between parts that sum up the same psums
  std::int64_t visits = 0;
  std::int64_t of_first = 0;  ///< of them, the words of the part that comes first in every dimension
};

/// All that crosses into the tiles of a view over a whole layer.
struct Crossings {
  InputWords ifmap, weight;
  PsumWords psum;
  std::int64_t ifmap_arrivals = 0;  ///< steps that bring new words to some part
  std::int64_t weight_arrivals = 0;
};
/// What tiles keep from one step to the next, and which parts add up their psums.
struct Keeping {
  bool whole_tiles = false;  ///< an ifmap tile that moves keeps nothing of what it had
  bool ifmap = true;         ///< parts keep words of the ifmap at all
  bool weight = true;
  bool psum = true;
  NeighbourSums sums;
};
Crossings crossings(const View& view, const Layer& layer, const Keeping& keeping);

}  // namespace weir::estimate
