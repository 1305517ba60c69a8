#include "mapping/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "mapping/array_shape.h"
#include "mapping/capacity.h"
#include "mapping/nest.h"
#include "mapping/systolic.h"

namespace weir {
namespace {

class Checker {
 public:
  Checker(const Mapping& mapping, Layer layer, const Accelerator& accelerator)
      : mapping_(mapping), layer_(std::move(layer)), accelerator_(accelerator) {}

  void check() const {
    check_loops();
    if (layer_.is_memory_bound()) return;  // nothing of it is on the array
    check_order_of_steps();
    const LoopNest nest(mapping_, layer_);
    check_places();
    if (accelerator_.systolic()) {
      check_systolic_array();
    } else {
      check_neighbours();
      check_register_files(nest);
    }
    check_buffer(nest);
    if (accelerator_.global_buffer.psum_bypasses) check_outputs_leave();
    check_steps(nest);
  }

 private:
  template <typename... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> message, Args&&... args) const {
    throw config::InputError(mapping_.mark, fmt::format("mapping of {}: {}", layer_.name,
                                                        fmt::format(message, std::forward<Args>(args)...)));
  }

  void require(const Need& need) const {
    if (!need.fits()) fail("{}: {} words needed, {} there", need.what, need.needed, need.there);
  }

  /// Every dimension is covered, and every loop's last iteration has work.
  void check_loops() const {
    Extents span;
    span.values.fill(1);
    for (std::size_t level = kLevels; level-- > 0;) {
      const auto& loops = mapping_.loops[level];
      for (std::size_t i = loops.size(); i-- > 0;) {
        const auto& [d, bound] = loops[i];
        const std::int64_t most = (layer_.bounds[d] + span[d] - 1) / span[d];
        if (bound > most) {
          fail(
              "{0}={1} at {2} has iterations without work: the layer's {0} is {3}{4}, allowed there is 1 to "
              "{5}",
              dimension_letter(d), bound, level_name(static_cast<Level>(level)), layer_.bounds[d],
              d == Dimension::N ? " (the batch, --batch)" : "", most);
        }
        span[d] *= bound;
      }
    }
    for (const Dimension d : kAllDimensions) {
      if (span[d] < layer_.bounds[d]) {
        fail("the loops over {0} cover {1}, the layer's {0} is {2}{3}", dimension_letter(d), span[d],
             layer_.bounds[d], d == Dimension::N ? " (the batch, --batch)" : "");
      }
    }
  }

  /// What runs step by step has no loop outside its steps, and nothing of two steps at once.
  void check_order_of_steps() const {
    if (layer_.steps == 1) return;
    const Dimension d = dimension_of_steps(accelerator_);
    const auto& dram = mapping_.at(Level::dram);
    const auto outermost =
        std::find_if(dram.begin(), dram.end(), [](const Loop& loop) { return loop.bound > 1; });
    if (outermost == dram.end() || *outermost != Loop{d, layer_.steps}) {
      fail("its steps run one after the other: the outermost loop at dram must be {}={}", dimension_letter(d),
           layer_.steps);
    }
    std::int64_t inside = 1;
    for (const auto& loops : mapping_.loops) {
      for (const Loop& loop : loops) inside *= loop.dimension == d ? loop.bound : 1;
    }
    inside /= layer_.steps;
    const std::int64_t allowed = bound_in_a_step(d, layer_, accelerator_);
    if (inside != allowed) {
      fail(
          "no tile has words of two steps: the loops over {0} inside {0}={1} cover {2}, allowed is exactly "
          "{3}, a step's share",
          dimension_letter(d), layer_.steps, inside, allowed);
    }
  }

  void check_places() const {
    const auto places = [](const std::vector<Loop>& loops) {
      std::int64_t product = 1;
      for (const Loop& loop : loops) product = std::min(product * loop.bound, kMostSteps);
      return product;
    };
    const auto fits = [&](Level level, std::int64_t there) {
      const std::int64_t needed = places(mapping_.at(level));
      if (needed > there) fail("{} loops need {} places, the array has {}", level_name(level), needed, there);
    };
    fits(Level::pe_rows, accelerator_.rows);
    fits(Level::pe_columns, accelerator_.columns);
  }

  void check_neighbours() const {
    bool reduces = false, chained = false;
    for (const Loop& loop : mapping_.at(Level::pe_rows)) {
      if (reduces && !is_reduction(loop.dimension) && loop.bound > 1) {
        fail(
            "psums travel between neighbouring rows: C, R and S stand innermost at pe_rows, {} does not "
            "stand outside them",
            dimension_letter(loop.dimension));
      }
      reduces = reduces || (is_reduction(loop.dimension) && loop.bound > 1);
      if (is_reduction(loop.dimension) && loop.bound > 1) {
        const bool sums = sums_neighbours(loop.dimension, accelerator_.networks.neighbour_sums);
        if (chained && !sums) {
          fail("psums of {} are not added by neighbours: it stands outside those that are, at pe_rows",
               dimension_letter(loop.dimension));
        }
        chained = chained || sums;
      }
    }
    for (const Loop& loop : mapping_.at(Level::pe_columns)) {
      if (is_reduction(loop.dimension) && loop.bound > 1) {
        fail("psums travel between rows only: {} cannot stand at pe_columns",
             dimension_letter(loop.dimension));
      }
    }
  }

  void check_systolic_array() const {
    const auto roles = systolic_roles(mapping_, accelerator_);
    if (!roles) {
      fail(
          "a systolic array runs the layer as a matrix product, with (rows, columns, PE) over (C, M, P), (C, "
          "P, M) "
          "or (P, M, C), and P the output positions of all images, C the taps of all channels");
    }
    if (layer_.is_memory_bound()) return;  // nothing of it is on the array
    require(stationary_need(roles->stationary, accelerator_));
    if (!mapping_.weights_in_global_buffer && roles->stationary != Tensor::weight)
      fail("weights stream through the array: they are kept in [global_buffer, pe]");
  }

  void check_register_files(const LoopNest& nest) const {
    for (const Need& need : pe_needs(nest.tile(Level::pe), layer_, accelerator_)) require(need);
  }

  void check_buffer(const LoopNest& nest) const {
    const bool keeps_weights = mapping_.weights_in_global_buffer;
    const BufferNeed need = buffer_need(nest.tile(Level::global_buffer), keeps_weights, layer_, accelerator_);
    if (!need.fits()) {
      std::string each;
      for (const Tensor tensor : kAllTensors) {
        const auto t = static_cast<std::size_t>(tensor);
        if (need.banks[t] == 0) continue;
        each += fmt::format("{}{} {} words in {}", each.empty() ? "" : ", ", tensor_name(tensor),
                            need.words[t], need.banks[t]);
      }
      fail("tiles in global_buffer: {} banks of {} words needed ({}), {} there", need.banks_needed,
           accelerator_.global_buffer.bank_words, each, need.banks_there);
    }
    if (!keeps_weights) require(prefetch_need(nest.tile(Level::pe_rows), layer_, accelerator_));
  }

  /// Where the buffer has no psums, what leaves the array is an output.
  void check_outputs_leave() const {
    const char* reduction = nullptr;
    static constexpr std::array<const char*, 3> kNames = {"C", "R", "S"};
    const auto name = [](Dimension d) { return kNames[d == Dimension::C ? 0 : d == Dimension::R ? 1 : 2]; };
    for (const Level level : {Level::dram, Level::global_buffer}) {
      for (const Loop& loop : mapping_.at(level)) {
        if (loop.bound == 1) continue;
        if (is_reduction(loop.dimension)) {
          reduction = name(loop.dimension);
          if (!has_register_file(Tensor::psum, accelerator_.pe))
            fail("{} at {}: no psum stays in the array or in the global buffer for it", reduction,
                 level_name(level));
        } else if (reduction != nullptr) {
          fail("{} stands inside {}: no psum stays in the global buffer for it",
               dimension_letter(loop.dimension), reduction);
        }
      }
    }
    for (const Loop& loop : mapping_.at(Level::pe_rows)) {
      if (is_reduction(loop.dimension) && loop.bound > 1 &&
          !sums_neighbours(loop.dimension, accelerator_.networks.neighbour_sums)) {
        fail("{} at pe_rows: neither neighbours nor the global buffer add its psums",
             dimension_letter(loop.dimension));
      }
    }
  }

  void check_steps(const LoopNest& nest) const {
    std::int64_t steps = 1;
    for (const Level level : {Level::dram, Level::global_buffer}) {
      for (const NestLoop& loop : nest.loops(level)) {
        if (loop.bound > kMostSteps / steps) fail("more than {} steps", kMostSteps);
        steps *= loop.bound;
      }
    }
  }

  const Mapping& mapping_;
  const Layer layer_;
  const Accelerator& accelerator_;
};

}  // namespace

void check_mapping(const Mapping& mapping, const Layer& layer, const Accelerator& accelerator) {
  Checker(mapping, mapped_layer(layer, accelerator), accelerator).check();
}

}  // namespace weir
