#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "arch/tile_store.h"
#include "mapping/nest.h"

namespace weir::arch {

/// A network between the PEs' psum ports and the global buffer: it carries a window's psums as one burst.
/// When, timing::PsumLink says; here their values go, in the order [g][n][p][q][m].
class PsumNetwork : public sc_core::sc_module {
 public:
  explicit PsumNetwork(const sc_core::sc_module_name& name) : sc_module(name) {}

  /// Appends the psums of a window, a tile in the layer's coordinates, to `burst`.
  static void take_out(TileStore<std::uint32_t>& buffer, const Tile& window,
                       std::vector<std::uint32_t>& burst);
  static void put_back(const std::vector<std::uint32_t>& burst, const Tile& window,
                       TileStore<std::uint32_t>& buffer);
};

}  // namespace weir::arch
