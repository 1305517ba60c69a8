#include "support/random_product.h"

#include <algorithm>
#include <array>
#include <random>

#include "mapping/capacity.h"
#include "mapping/nest.h"
#include "mapping/systolic.h"
#include "workload/lowering.h"

namespace weir::test {
namespace {

using enum Dimension;

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }

 private:
  std::mt19937_64 engine_;
};

/// The loops over d that are left outside, in one or two levels and sometimes two at one; `exact`: no loop
/// covers more than there is.
void add_outside(Dimension d, std::int64_t steps, bool exact, Draw& draw, Mapping& mapping) {
  const auto put = [&](Level level, std::int64_t bound) {
    while (exact && steps % bound != 0) --bound;
    auto& loops = mapping.at(level);
    const auto at = loops.begin() + draw.between(0, static_cast<std::int64_t>(loops.size()));
    // Loops of a dimension at a level are made from the inside outwards.
    const auto first_own =
        std::find_if(loops.begin(), loops.end(), [&](const Loop& loop) { return loop.dimension == d; });
    if (bound > 1 || draw.chance(10)) loops.insert(std::min(at, first_own), {d, bound});
    steps = (steps + bound - 1) / bound;
  };
  if (draw.chance(60)) put(Level::global_buffer, draw.between(1, steps));
  if (draw.chance(20)) put(Level::global_buffer, draw.between(1, steps));
  put(Level::dram, steps);
}

}  // namespace

RandomCase draw_systolic_case(std::uint64_t seed) {
  RandomCase drawn = draw_case(seed);  // for its layer
  Draw draw(seed ^ 0x5757);
  Accelerator& a = drawn.accelerator;
  const Layer product = lowered(drawn.layer);
  const SystolicRoles roles = kSystolicRoles[static_cast<std::size_t>(draw.between(0, 2))];
  a.networks = {};
  a.global_buffer.last_sum = LastSum::stored;
  a.global_buffer.loads = TileLoad::new_words;
  a.global_buffer.padding = PaddingZeros::stored;
  a.pe.padding_macs = PaddingMacs::performed;
  a.global_buffer.ifmap_bypasses = a.global_buffer.psum_bypasses = false;
  a.networks.delivery = DeliveryKind::systolic;
  a.rows = draw.between(1, 6);
  a.columns = draw.between(1, 6);
  a.double_buffered = draw.chance(50);
  const bool ideal = draw.chance(40);
  for (NetworkSpec* n : {&a.networks.ifmap, &a.networks.weight, &a.networks.psum_in, &a.networks.psum_out})
    n->words_per_cycle = ideal || draw.chance(20) ? kUnlimitedWords : draw.between(1, 6);
  a.networks.psum_ports.reads_initial = draw.chance(30);
  a.pe = {0, 0, 0, 0, draw.chance(30)};
  const std::int64_t held = a.double_buffered ? 2 : 1;
  a.pe.ifmap_rf_words = roles.stationary == Tensor::ifmap ? held : 0;
  a.pe.weight_rf_words = roles.stationary == Tensor::weight ? held : 0;
  a.pe.psum_rf_words = roles.stationary == Tensor::psum ? held : 0;

  Mapping& mapping = drawn.mapping = Mapping{};
  mapping.mark = {"random", 1, 1};
  mapping.weights_in_global_buffer = roles.stationary != Tensor::weight || draw.chance(30);
  for (const Dimension d : {G, P, C, M}) {
    const bool in_steps = product.steps > 1 && d == P;
    std::int64_t left = product.bounds[d] / (in_steps ? product.steps : 1);
    const auto put = [&](Level level, std::int64_t most) {
      std::int64_t bound = draw.chance(60) ? std::min(most, left) : draw.between(1, std::min(most, left));
      while (in_steps && left % bound != 0) --bound;  // nothing of two steps at once
      if (bound > 1 || draw.chance(10)) mapping.at(level).push_back({d, bound});
      left = (left + bound - 1) / bound;
    };
    if (d == roles.rows) put(Level::pe_rows, a.rows);
    if (d == roles.columns) put(Level::pe_columns, a.columns);
    if (d == roles.stream) put(Level::pe, left);
    add_outside(d, left, in_steps, draw, mapping);
  }
  auto& dram = mapping.at(Level::dram);
  if (product.steps > 1) dram.insert(dram.begin(), {P, product.steps});
  const LoopNest nest(mapping, product);
  const std::int64_t fold = footprint_words(Tensor::weight, nest.tile(Level::pe_rows), product);
  const std::int64_t ahead = draw.chance(10) ? draw.between(60, 70) : draw.between(1, 4);
  a.global_buffer.weight_prefetch_words = fold * ahead + draw.between(0, fold - 1);
  if (draw.chance(40)) drawn.overlap = Overlap::total;
  return drawn;
}

}  // namespace weir::test
