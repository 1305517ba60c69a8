#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "accelerator/accelerator.h"
#include "arch/bounded_store.h"
#include "arch/register_file.h"
#include "mapping/nest.h"
#include "workload/layer.h"

namespace weir::arch {

/// One PE: a MAC with its three register files and its psum ports. The array sets its times by
/// docs/timing-model.md sections 3 and 4; its values are computed a window at a time.
class ProcessingElement : public sc_core::sc_module {
 public:
  ProcessingElement(const sc_core::sc_module_name& name, std::int64_t port_words);

  /// `tile`: the full tile of a PE. Without data the register files hold no values.
  void begin_layer(const Extents& tile, const Layer& layer, bool with_data);

  Cycle free_at = 0;            ///< the end of its last window or accumulation
  Cycle macs_done = 0;          ///< the end of its last window
  std::int64_t last_step = -1;  ///< in which it was active

  BoundedStore psum_in_port;    ///< from the global buffer, used by a chain's bottom
  BoundedStore neighbour_port;  ///< from the PE below
  BoundedStore psum_out_port;   ///< to the global buffer, used by a chain's top

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
