#include "estimate/own_words.h"

#include <algorithm>

#include "base/ceil_div.h"
#include "mapping/own_words.h"

namespace weir::estimate {
namespace {

using enum Dimension;

/// The transitions of one dimension, position by position, when a loop advances: to the beginning of each run
/// of the loops over the dimension that are inside that loop.
class Runs {
 public:
  /// A loop over another dimension: every run begins anew.
  Runs(const Positions& positions, std::int64_t inside) : Runs(positions, inside, 0) {}
  /// A loop of `bound` iterations over this one: it goes on from the run before.
  Runs(const Positions& positions, std::int64_t inside, std::int64_t bound)
      : positions_(&positions), inside_(inside), bound_(bound), count_(ceil_div(positions.count, inside)) {}

  bool advances() const { return bound_ > 0; }
  std::int64_t count() const { return count_; }
  /// Of the runs [from, to), those that a transition leads to.
  std::int64_t entered(std::int64_t from, std::int64_t to) const {
    return to - from - (advances() ? ceil_div(to, bound_) - ceil_div(from, bound_) : 0);
  }
  std::int64_t after(std::int64_t run) const { return run * inside_; }
  std::int64_t before(std::int64_t run) const {
    return advances() ? after(run) - 1 : std::min(after(run + 1), positions_->count) - 1;
  }
  std::int64_t extent(std::int64_t position) const {
    return position + 1 == positions_->count ? positions_->last_extent : positions_->span;
  }
  /// Of indices from one run's beginning to the next.
  std::int64_t length() const { return inside_ * positions_->span; }
  std::int64_t first_index(std::int64_t position) const { return position * positions_->span; }

 private:
  const Positions* positions_;
  std::int64_t inside_, bound_, count_;
};

/// Sums over transitions of one dimension or of an axis.
struct OwnSums {
  std::int64_t entered = 0;  ///< words of the tile after
  std::int64_t held = 0;     ///< of them, those of the tile before
};

/// An axis on which windows slide.
class OwnAxis {
 public:
  OwnAxis(std::int64_t stride, std::int64_t dilation, const OwnWords& own, bool whole_tiles)
      : stride_(stride), dilation_(dilation), own_(own), whole_tiles_(whole_tiles) {}

  std::int64_t words_at_first(const Runs& outputs, const Runs& taps) const {
    return own_.in(tile(outputs, 0, taps, 0));
  }

  OwnSums sum(const Runs& outputs, const Runs& taps) const {
    OwnSums sums;
    for (std::int64_t tap = 0; tap < taps.count(); ++tap) {
      if (taps.entered(tap, tap + 1) == 0) continue;
      for (std::int64_t output = 0; output < outputs.count();) {
        const std::int64_t next = next_unlike(outputs, output, taps, tap);
        const std::int64_t times = outputs.entered(output, next);
        if (times > 0) add(outputs, next - 1, taps, tap, times, sums);
        output = next;
      }
    }
    return sums;
  }

 private:
  AxisTile tile(const Runs& outputs, std::int64_t output, const Runs& taps, std::int64_t tap) const {
    return {outputs.first_index(output) * stride_ + taps.first_index(tap) * dilation_, outputs.extent(output),
            taps.extent(tap), stride_, dilation_};
  }

  /// The first run behind `run` whose transition may be another one: away from zeros, and from the last
  /// position, all are alike.
  std::int64_t next_unlike(const Runs& outputs, std::int64_t run, const Runs& taps, std::int64_t tap) const {
    const AxisTile now = tile(outputs, outputs.after(run), taps, taps.after(tap));
    const std::int64_t away = std::max<std::int64_t>(run + 1, outputs.count() - 1);
    if (run == 0 || away == run + 1 || !own_.has_all(now)) return run + 1;
    return std::min(away, run + (own_.end() - now.end()) / (outputs.length() * stride_) + 1);
  }

  void add(const Runs& outputs, std::int64_t output, const Runs& taps, std::int64_t tap, std::int64_t times,
           OwnSums& sums) const {
    const std::int64_t to_output = outputs.after(output), to_tap = taps.after(tap);
    const std::int64_t from_output = outputs.before(output), from_tap = taps.before(tap);
    const AxisTile now = tile(outputs, to_output, taps, to_tap);
    const std::int64_t words = own_.in(now);
    sums.entered += times * words;
    if (from_output == to_output && from_tap == to_tap) {
      sums.held += times * words;
    } else if (!whole_tiles_) {
      sums.held += times * own_.in_both(now, tile(outputs, from_output, taps, from_tap));
    }
  }

  std::int64_t stride_, dilation_;
  OwnWords own_;
  bool whole_tiles_;
};

/// Adds up, from the innermost loop outwards, what TrafficSum does of the ifmap.
class OwnSum {
 public:
  OwnSum(const View& view, const Layer& layer, const Keeping& keeping)
      : view_(view),
        keeps_(keeping.ifmap),
        vertical_(layer.stride.vertical, layer.dilation.vertical, own_rows(layer), keeping.whole_tiles),
        horizontal_(layer.stride.horizontal, layer.dilation.horizontal, own_columns(layer),
                    keeping.whole_tiles) {
    inside_.values.fill(1);
  }

  std::int64_t total() {
    std::int64_t words =
        vertical_.words_at_first(beside(P), beside(R)) * horizontal_.words_at_first(beside(Q), beside(S));
    for (const Dimension d : {G, N, C}) words *= beside(d).extent(0);
    for (std::size_t i = view_.loops.count; i-- > 0;) {
      const Loop& loop = view_.loops.loops[i];
      words += moved_by(loop);
      inside_[loop.dimension] *= loop.bound;
    }
    return words;
  }

 private:
  Runs beside(Dimension d) const { return {view_.positions[d], inside_[d]}; }

  std::int64_t moved_by(const Loop& loop) const {
    const auto runs = [&](Dimension d) {
      return d == loop.dimension ? Runs(view_.positions[d], inside_[d], loop.bound) : beside(d);
    };
    OwnSums product{1, keeps_ ? 1 : 0};
    const auto multiply = [&](const OwnSums& sums) {
      product.entered *= sums.entered;
      product.held *= sums.held;
    };
    for (const Dimension d : {G, N, C}) multiply(plain(runs(d)));
    multiply(vertical_.sum(runs(P), runs(R)));
    multiply(horizontal_.sum(runs(Q), runs(S)));
    const Runs others = runs(M);
    return others.entered(0, others.count()) * (product.entered - product.held);
  }

  /// Of a dimension whose indices are words: no two positions have one in common.
  static OwnSums plain(const Runs& runs) {
    OwnSums sums;
    for (std::int64_t run : {std::int64_t{0}, runs.count() - 1}) {
      const std::int64_t times = run == 0 ? runs.entered(0, std::max<std::int64_t>(1, runs.count() - 1))
                                          : runs.entered(run, run + 1);
      const std::int64_t words = times * runs.extent(runs.after(run));
      sums.entered += words;
      sums.held += runs.before(run) == runs.after(run) ? words : 0;
      if (runs.count() == 1) break;
    }
    return sums;
  }

  const View& view_;
  bool keeps_;
  OwnAxis vertical_, horizontal_;
  Extents inside_;
};

}  // namespace

std::int64_t own_ifmap_words(const View& buffer, const Layer& layer, const Keeping& keeping) {
  return OwnSum(buffer, layer, keeping).total();
}

}  // namespace weir::estimate
