#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "mapping/nest.h"
#include "timing/cycle.h"
#include "workload/layer.h"

namespace weir::timing {

/// When psums were written to the buffer last, for those that come back from there. Visits come back to psums
/// within an iteration of the loops outside the outermost reduction loop: a region, beyond which nothing is
/// remembered.
class WrittenPsums {
 public:
  /// `psums`: different ones of a full step. `within_step`: whether a step writes some of them several times.
  void begin_layer(const LoopNest& nest, const Layer& layer, std::size_t psums, bool within_step);

  /// The place of the first psums of the psum tile at `base`: a tile's are numbered one after the other, and
  /// so are the tiles of a region.
  std::int64_t place_of(const Extents& base) const;
  /// The end of the burst that wrote the psums at `place` last, if they may come back; else 0.
  Cycle time_of(std::int64_t place) const;
  /// A burst out ends. What ended until `passed` makes nobody wait any more.
  void note(std::int64_t place, Cycle time, Cycle passed);

  /// Bursts out so far.
  std::int64_t bursts() const { return bursts_; }
  /// The bursts out whose end a burst in may have to wait for, in words, for all that is to come: their
  /// psums' places relative to `base`, times from `zero`. Only those from burst number `first` on. False when
  /// there are too many.
  bool save(std::int64_t first, const Extents& base, Cycle zero, Cycle passed,
            std::vector<std::int64_t>& state) const;
  /// Takes what save() wrote, behind the bursts that it knows of; returns where it ends.
  const std::int64_t* load(const Extents& base, Cycle zero, Cycle passed, const std::int64_t* state);
  void forget_recent() { recent_.clear(); }

  /// Places that are remembered at once.
  std::size_t region() const { return times_.size(); }

 private:
  /// Along a dimension: how far apart places and regions are, and how many places a region has.
  struct Axis {
    Dimension dimension;
    std::int64_t place, region;
    std::int64_t places, regions;
  };
  struct Written {
    std::int64_t place;
    Cycle time;
  };
  bool is_in_region(std::int64_t place) const {
    return place >= first_ && place < first_ + static_cast<std::int64_t>(times_.size());
  }

  bool revisits_ = false;   ///< some psums are read back
  std::vector<Axis> axes_;  ///< of more than one place
  std::int64_t psums_ = 0;  ///< of a tile
  std::int64_t size_ = 0;   ///< places of a region
  std::int64_t first_ = 0;  ///< place of the region that was written to last
  Cycle since_ = 0;  ///< the end of the first burst there: what has an earlier one is of another region
  std::vector<Cycle> times_;    ///< by place in the region
  std::deque<Written> recent_;  ///< those that the network in has not passed yet
  std::int64_t bursts_ = 0;
  Cycle forgotten_ = 0;  ///< the end of the last burst there that is not in recent_
};

}  // namespace weir::timing
