#pragma once

#include <cstdint>
#include <vector>

#include "datapath/tile_store.h"
#include "datapath/window_run.h"
#include "mapping/nest.h"

namespace weir::datapath {

/// A network between the PEs' psum ports and the global buffer: it carries a window's psums as one burst.
/// When, timing::PsumLink says; here their values go, in the order [g][n][p][q][m].
class PsumNetwork {
 public:
  /// Appends the psums of a window, a tile in the layer's coordinates, to `burst`.
  static void take_out(TileStore<std::uint32_t>& buffer, const Tile& window,
                       std::vector<std::uint32_t>& burst);
  static void put_back(const std::vector<std::uint32_t>& burst, const Tile& window,
                       TileStore<std::uint32_t>& buffer);

  /// The bursts of a run of windows, the first one at `window`: in the order [g][n][p][q][m], `line` words
  /// apart, and at each place the psums of all windows side by side.
  static void take_out(TileStore<std::uint32_t>& buffer, const Tile& window, const WindowRun& run,
                       std::int64_t windows, std::uint32_t* bursts, std::int64_t line);
  static void put_back(const std::uint32_t* bursts, std::int64_t line, const Tile& window,
                       const WindowRun& run, std::int64_t windows, TileStore<std::uint32_t>& buffer);
};

}  // namespace weir::datapath
