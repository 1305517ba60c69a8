#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "accelerator/accelerator.h"
#include "arch/register_file.h"
#include "mapping/nest.h"
#include "workload/layer.h"

namespace weir::arch {

/// One PE: a MAC with its three register files. When it works, timing::PeTimes says; its values are computed
/// a window at a time.
class ProcessingElement : public sc_core::sc_module {
 public:
  explicit ProcessingElement(const sc_core::sc_module_name& name) : sc_module(name) {}

  /// `tile`: the full tile of a PE.
  void begin_layer(const Extents& tile, const Layer& layer);

  RegisterFile<std::int16_t> ifmap_rf;
  RegisterFile<std::int16_t> weight_rf;
  RegisterFile<std::uint32_t> psum_rf;

  /// The MACs of one window on what the register files hold; `tile` in the layer's coordinates. Returns how
  /// many had a zero ifmap word.
  std::int64_t compute(const Tile& tile, const Layer& layer);
  /// Adds this PE's psums of a tile to `sums`, which lie as [g][n][p][q][m].
  void add_psums(const Extents& tile, std::vector<std::uint32_t>& sums) const;
};

}  // namespace weir::arch
