#include <algorithm>
#include <deque>
#include <optional>

#include "estimate/systolic_estimate.h"
#include "mapping/footprint.h"
#include "mapping/nest.h"
#include "timing/systolic_timeline.h"

namespace weir::estimate {
namespace {

using enum Dimension;
using Cycle = std::int64_t;

/// DRAM's link: transfers one after the other.
class Link {
 public:
  Link(const DramSpec& spec, bool hidden) : spec_(spec), hidden_(hidden) {}
  /// When the words have moved, which begins no earlier than `earliest`; 0 where nobody has to wait.
  Cycle transfer(std::int64_t words, Cycle earliest) {
    if (hidden_ || words == 0) return 0;
    free_at_ = std::max(free_at_, earliest) + spec_.transfer_cycles(words) + spec_.latency_cycles;
    return free_at_;
  }

 private:
  const DramSpec& spec_;
  bool hidden_;
  Cycle free_at_ = 0;
};

/// The weights on their way to the array.
class Fifo {
 public:
  Fifo(const LoopNest& nest, std::int64_t room, std::int64_t full_fold, Link& link)
      : ahead_(nest), folds_(std::clamp<std::int64_t>(room / full_fold, 1, 64)), link_(link) {}
  void begin() {
    for (std::int64_t i = 0; i < folds_; ++i) request(0);
  }
  void request(Cycle earliest) {
    if (!more_) return;
    const Extents& e = ahead_.tile().extents;
    ready_.push_back(link_.transfer(e[C] * e[M], earliest));
    more_ = ahead_.next();
  }
  Cycle next() {
    const Cycle time = ready_.front();
    ready_.pop_front();
    return time;
  }

 private:
  StepWalker ahead_;
  std::int64_t folds_;
  Link& link_;
  bool more_ = true;
  std::deque<Cycle> ready_;
};

/// Words of the buffer's tiles that cross to and from DRAM.
class TileWords {
 public:
  TileWords(const Layer& layer, bool keeps_weights) : layer_(layer), keeps_weights_(keeps_weights) {}
  static bool new_psums(const Tile& before, const Tile& tile) {
    return !same_place(before.base, tile.base, Tensor::psum);
  }
  std::int64_t psums(const Tile& tile) const { return footprint_words(Tensor::psum, tile.extents, layer_); }
  std::int64_t loaded(const std::optional<Tile>& before, const Tile& tile) const {
    std::int64_t words = input(Tensor::ifmap, before, tile);
    if (keeps_weights_) words += input(Tensor::weight, before, tile);
    const bool returns = tile.base[C] > 0 && (!before || new_psums(*before, tile));
    return words + (returns ? psums(tile) : 0);
  }

 private:
  std::int64_t input(Tensor tensor, const std::optional<Tile>& before, const Tile& tile) const {
    std::int64_t kept = before ? 1 : 0;
    for (const Dimension d : {G, P, C, M}) {
      if (!before || !touches(d, tensor)) continue;
      const std::int64_t begin = std::max(before->base[d], tile.base[d]);
      const std::int64_t end = std::min(before->base[d] + before->extents[d], tile.base[d] + tile.extents[d]);
      kept *= std::max<std::int64_t>(0, end - begin);
    }
    return footprint_words(tensor, tile.extents, layer_) - kept;
  }

  const Layer& layer_;
  bool keeps_weights_;
};

}  // namespace

std::int64_t walk_folds(const Layer& product, const Accelerator& accelerator, const Mapping& mapping,
                        const SystolicRoles& roles, Overlap overlap) {
  const LoopNest nest(mapping, product);
  const bool total = overlap == Overlap::total;
  const bool from_dram = !mapping.weights_in_global_buffer && total;
  Link link(accelerator.dram, !total);
  const Extents& full = nest.tile(Level::pe_rows);
  Fifo fifo(nest, accelerator.global_buffer.weight_prefetch_words, full[C] * full[M], link);
  const TileWords words(product, mapping.weights_in_global_buffer);
  timing::SystolicTimeline timeline(accelerator, roles.stationary);

  StepWalker walker(nest);
  std::optional<Tile> before;
  Cycle tile_ready = 0;
  for (bool more = true; more;) {
    if (walker.enters_buffer_tile() && total) {
      const Tile& tile = walker.buffer_tile();
      const Cycle finished = before ? timeline.done() : 0;
      tile_ready = 0;
      if (before && TileWords::new_psums(*before, tile))
        tile_ready = link.transfer(words.psums(*before), finished);
      tile_ready = std::max(tile_ready, link.transfer(words.loaded(before, tile), finished));
      if (!before && from_dram) fifo.begin();
      before = tile;
    }
    const Extents& e = walker.tile().extents;
    const bool reads_psums = walker.tile().base[C] > 0 || accelerator.networks.psum_ports.reads_initial;
    const Cycle weights_ready = from_dram ? fifo.next() : 0;
    timeline.begin({e[roles.rows], e[roles.columns], e[roles.stream], reads_psums},
                   std::max(tile_ready, weights_ready), false);
    if (from_dram) fifo.request(timeline.stationary_sent());
    more = walker.next();
  }
  const Cycle done = timeline.done();
  return total ? std::max(done, link.transfer(words.psums(*before), done)) : done;
}

}  // namespace weir::estimate
