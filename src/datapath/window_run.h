#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/box_layout.h"
#include "mapping/nest.h"

namespace weir::datapath {

/// Windows that follow one another as the innermost loop at global_buffer advances along images or outputs:
/// weights stay, every window has psums of its own, and ifmap words slide through the PEs. The values of such
/// windows are computed at once.
struct WindowRun {
  std::size_t axis;  ///< of the ifmap and of the psums: images, rows or columns
  Dimension dimension;
  std::int64_t step;   ///< from window to window: outputs
  std::int64_t slide;  ///< the same in ifmap words
  std::int64_t most;   ///< windows

  /// Whether `next` is the window behind `last`.
  bool continues(const Tile& last, const Tile& next) const;
};

/// None if the innermost loop is another one, or too short, or if PEs keep nothing from window to window, or
/// if several of a step's chains add to the same psums.
std::optional<WindowRun> find_window_run(const LoopNest& nest, const Layer& layer,
                                         const Accelerator& accelerator);

/// How the ifmap words that a PE gets during a run lie side by side: as in its register file, but along the
/// run's axis word x of window k lies at (x mod slide, x / slide + k). So words of equal place in their
/// windows are neighbours, and a word that two windows share is there once.
class StreamLayout {
 public:
  /// Lines are read to a multiple of this many words.
  static constexpr std::int64_t kBlock = 16;

  StreamLayout() = default;
  StreamLayout(const BoxLayout& register_file, const WindowRun& run);

  /// Of the box's other axes; the run's axis counts places along a line.
  const Coordinates& stride() const { return words_.stride(); }
  std::int64_t size() const { return words_.size(); }
  /// Where word `x` of a window lies along the run's axis, for the first window; a window on, one further.
  std::int64_t along(std::int64_t x) const { return along_[static_cast<std::size_t>(x)]; }

  struct Place {
    std::int32_t in_register_file;
    std::int32_t in_stream;  ///< of the first window
  };
  /// The words of a window whose first has the coordinates `origin`.
  const std::vector<Place>& places(const Coordinates& origin);

 private:
  std::vector<Place> make_places(std::int64_t first_row, std::int64_t first_column) const;

  BoxLayout register_file_;
  std::size_t axis_ = 0;
  BoxLayout words_;
  std::vector<std::int64_t> along_;
  std::vector<std::vector<Place>>
      places_;  ///< by the places of the first row and column in the register file
};

}  // namespace weir::datapath
