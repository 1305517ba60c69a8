#pragma once

#include <cstdint>
#include <vector>

#include "accelerator/accelerator.h"
#include "datapath/register_file.h"
#include "datapath/window_products.h"
#include "datapath/window_run.h"
#include "mapping/nest.h"
#include "workload/layer.h"

namespace weir::datapath {

/// One PE: a MAC with its three register files. When it works, timing::PeTimes says; its values are computed
/// a window at a time. It has no port and no process, so it is no module: an array has many.
class ProcessingElement {
 public:
  /// `tile`: the full tile of a PE.
  void begin_layer(const Extents& tile, const Layer& layer);

  RegisterFile<std::int16_t> ifmap_rf;
  RegisterFile<std::int16_t> weight_rf;
  RegisterFile<std::uint32_t> psum_rf;

  /// The MACs of one window on what the register files hold; `tile` in the layer's coordinates. Returns how
  /// many had a zero ifmap word.
  std::int64_t compute(const Tile& tile, const Layer& layer);

  /// A run of windows: the words that the PE holds go to the head of the stream, those that come behind them;
  /// at the end it holds the last window's. `origin`: of the first window's ifmap words.
  void begin_run(StreamLayout& layout, const Coordinates& origin);
  void end_run(StreamLayout& layout, const WindowRun& run, Coordinates origin, std::int64_t windows);
  std::int16_t* stream() { return stream_.data(); }
  /// The MACs of `windows` windows, the first one at `tile`, on the stream; added to `sums`, which lie as
  /// [g][n][p][q][m], `line` apart, and at each place those of all windows side by side. Returns how many had
  /// a zero ifmap word.
  std::int64_t compute_run(const StreamLayout& layout, const WindowRun& run, const Tile& tile,
                           const Layer& layer, std::int64_t windows, std::uint32_t* sums, std::int64_t line);

  /// Adds this PE's psums of a tile to `sums`, which lie as [g][n][p][q][m].
  void add_psums(const Extents& tile, std::vector<std::uint32_t>& sums) const;

 private:
  std::vector<std::int16_t> stream_;
  WindowProducts products_;
};

}  // namespace weir::datapath
