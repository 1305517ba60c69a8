#include "support/random_case.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include "mapping/check.h"
#include "mapping/footprint.h"
#include "mapping/nest.h"

namespace weir::test {
namespace {

using enum Dimension;

constexpr std::int64_t kMostRows = 6;
constexpr std::int64_t kMostColumns = 4;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(i) - 1))]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

Layer draw_layer(Dice& dice, Size size) {
  const std::int64_t more = size == Size::large ? 3 : 1;
  Layer layer;
  layer.name = "random";
  Extents& b = layer.bounds;
  b[G] = dice.chance(25) ? 2 : 1;
  b[N] = dice.between(1, 3);
  b[M] = dice.between(1, 7 * more);
  b[C] = dice.between(1, 5 * more);
  b[P] = dice.between(1, 6 * more);
  b[Q] = dice.between(1, 6 * more);
  b[R] = dice.between(1, 3);
  b[S] = dice.between(1, 4);
  if (size == Size::stretched) {
    constexpr std::array kLong{N, M, C, P, Q};
    for (const Dimension d : kAllDimensions) b[d] = std::min<std::int64_t>(b[d], 3);
    b[kLong[static_cast<std::size_t>(dice.between(0, 4))]] = dice.between(65, 700);
  }
  layer.stride = {dice.between(1, 3), dice.between(1, 3)};
  layer.dilation = {dice.chance(75) ? 1 : 2, dice.chance(75) ? 1 : dice.between(2, 3)};
  const std::int64_t rows = (b[P] - 1) * layer.stride.vertical + (b[R] - 1) * layer.dilation.vertical + 1;
  const std::int64_t columns =
      (b[Q] - 1) * layer.stride.horizontal + (b[S] - 1) * layer.dilation.horizontal + 1;
  layer.padding.top = rows > 2 && dice.chance(50) ? 1 : 0;
  layer.padding.left = columns > 2 && dice.chance(50) ? 1 : 0;
  layer.input = {rows - layer.padding.top, columns - layer.padding.left};
  layer.ifmap_zeros = dice.chance(50) ? 0.4 : 0;
  return layer;
}

/// One dimension's loops from the PE outwards; each covers what it can of the rest, the outermost all of it.
void split(Dimension d, std::int64_t whole, Size size, Dice& dice, Mapping& mapping, std::int64_t& rows_left,
           std::int64_t& columns_left) {
  std::int64_t span = 1;
  const auto rest = [&] { return (whole + span - 1) / span; };
  // A long loop remains outside the array.
  const auto rest_inside = [&] {
    return size == Size::stretched ? std::min<std::int64_t>(rest(), 3) : rest();
  };
  const auto put = [&](Level level, std::int64_t bound) {
    if (bound > 1 || dice.chance(10)) mapping.at(level).insert(mapping.at(level).begin(), {d, bound});
    span *= bound;
  };
  if (dice.chance(50)) put(Level::pe, dice.between(1, rest_inside()));
  if (!is_reduction(d) && dice.chance(40)) {
    const std::int64_t bound = dice.between(1, std::min(rest_inside(), columns_left));
    put(Level::pe_columns, bound);
    columns_left /= bound;
  }
  if (dice.chance(is_reduction(d) ? 60 : 35)) {
    const std::int64_t bound = dice.between(1, std::min(rest_inside(), rows_left));
    put(Level::pe_rows, bound);
    rows_left /= bound;
  }
  if (dice.chance(60)) put(Level::global_buffer, dice.between(1, rest()));
  if (dice.chance(15)) put(Level::global_buffer, dice.between(1, rest()));
  put(Level::dram, rest());
}

Mapping draw_mapping(const Layer& layer, Size size, Dice& dice) {
  Mapping mapping;
  std::int64_t rows_left = kMostRows;
  std::int64_t columns_left = kMostColumns;
  std::vector<Dimension> dimensions(kAllDimensions.begin(), kAllDimensions.end());
  dice.shuffle(dimensions);
  for (const Dimension d : dimensions)
    split(d, layer.bounds[d], size, dice, mapping, rows_left, columns_left);
  // Loops of a dimension keep their order when levels are shuffled by dimension; on the rows, reductions
  // stand innermost.
  auto& rows = mapping.at(Level::pe_rows);
  std::stable_partition(rows.begin(), rows.end(),
                        [](const Loop& loop) { return !is_reduction(loop.dimension); });
  mapping.weights_in_global_buffer = dice.chance(40);
  mapping.mark = {"random", 1, 1};
  return mapping;
}

/// Makes the images those of steps that run one after the other: their loop is the outermost of all, and the
/// images of a step have loops of their own, which cover exactly these.
void run_in_steps(RandomCase& drawn, Dice& dice) {
  std::int64_t left = dice.between(1, 6);
  drawn.layer.steps = dice.between(2, left > 3 ? 2 : 3);
  drawn.layer.bounds[N] = drawn.layer.steps * left;
  for (const Level level : kAllLevels)
    std::erase_if(drawn.mapping.at(level), [](const Loop& loop) { return loop.dimension == N; });
  const auto put = [&](Level level, std::int64_t most) {
    auto& loops = drawn.mapping.at(level);
    for (const Loop& loop : loops) most = is_spatial(level) ? most / loop.bound : most;
    std::int64_t bound = dice.between(1, std::min(left, most));
    while (left % bound != 0) --bound;
    left /= bound;
    const bool leads = level == Level::pe_rows;  // reductions stand inside
    const std::int64_t place = dice.between(0, leads ? 0 : static_cast<std::int64_t>(loops.size()));
    if (bound > 1) loops.insert(loops.begin() + place, {N, bound});
  };
  if (dice.chance(40)) put(Level::pe, left);
  if (dice.chance(40)) put(Level::pe_columns, kMostColumns);
  if (dice.chance(40)) put(Level::pe_rows, kMostRows);
  if (dice.chance(50)) put(Level::global_buffer, left);
  auto& dram = drawn.mapping.at(Level::dram);
  const std::int64_t place = dice.between(0, static_cast<std::int64_t>(dram.size()));
  if (left > 1) dram.insert(dram.begin() + place, {N, left});
  dram.insert(dram.begin(), {N, drawn.layer.steps});
}

/// Sometimes the reductions that stand outside others on the rows go to the buffer by themselves.
void let_neighbours_sum(const Mapping& mapping, Dice& dice, Accelerator& a) {
  NeighbourSums& sums = a.networks.neighbour_sums;
  if (!dice.chance(25)) return;
  std::int64_t alone = dice.between(1, 3);
  for (const Loop& loop : mapping.at(Level::pe_rows)) {
    if (!is_reduction(loop.dimension) || alone-- <= 0) continue;
    (loop.dimension == C ? sums.c : loop.dimension == R ? sums.r : sums.s) = false;
  }
}

/// Psums need no room in the buffer where all sums are finished in the array: reductions stand inside all
/// other loops then, or are not walked through at all.
void send_psums_past_the_buffer(RandomCase& drawn, Dice& dice) {
  const RandomCase before = drawn;
  auto& dram = drawn.mapping.at(Level::dram);
  auto& inner = drawn.mapping.at(Level::global_buffer);
  const auto adds_nothing = [](const Loop& loop) { return !is_reduction(loop.dimension); };
  const auto own = std::stable_partition(dram.begin(), dram.end(), adds_nothing);
  std::stable_partition(inner.begin(), inner.end(), adds_nothing);
  if (dice.chance(70)) {  // those of dram, too, to the level inside
    const auto reductions = std::find_if_not(inner.begin(), inner.end(), adds_nothing);
    inner.insert(reductions, own, dram.end());
    dram.erase(own, dram.end());
  }
  GlobalBufferSpec& buffer = drawn.accelerator.global_buffer;
  buffer.psum_bypasses = true;
  buffer.last_sum = LastSum::direct;
  drawn.accelerator.networks.psum_ports.reads_initial = false;
  try {
    check_mapping(drawn.mapping, drawn.layer, drawn.accelerator);
  } catch (const config::InputError&) {
    drawn = before;
  }
}

Accelerator fit(const Layer& layer, const Mapping& mapping, Dice& dice) {
  const LoopNest nest(mapping, layer);
  const auto words = [&](Tensor tensor, Level level) {
    return footprint_words(tensor, nest.tile(level), layer);
  };
  const auto slack = [&] { return dice.chance(50) ? 0 : dice.between(1, 6); };
  Accelerator a;
  a.name = "random";
  a.clock_mhz = 200;
  a.word_bits = 16;
  a.rows = kMostRows;
  a.columns = kMostColumns;
  a.pe.ifmap_rf_words = words(Tensor::ifmap, Level::pe) + slack();
  a.pe.weight_rf_words = words(Tensor::weight, Level::pe) + slack();
  a.pe.psum_rf_words = words(Tensor::psum, Level::pe);
  a.pe.input_fifo_words = dice.chance(30) ? 0 : dice.between(1, 9);
  a.pe.zero_gating = dice.chance(50);
  a.networks.ifmap.words_per_cycle = dice.between(1, 4);
  a.networks.weight.words_per_cycle = dice.between(1, 4);
  a.networks.psum_in.words_per_cycle = dice.between(1, 4);
  a.networks.psum_out.words_per_cycle = dice.between(1, 4);
  a.networks.weight_barrier = static_cast<WeightBarrier>(dice.between(0, 2));
  a.networks.psum_ports.words = a.pe.psum_rf_words + dice.between(0, 2 * a.pe.psum_rf_words);
  a.networks.psum_ports.reads_initial = dice.chance(60);
  a.global_buffer.banks = 64;
  a.global_buffer.bank_words = 4096;
  a.global_buffer.weight_prefetch_words = words(Tensor::weight, Level::pe_rows);
  a.dram.words_per_kilocycle = dice.between(300, 5000);
  a.dram.latency_cycles = dice.chance(50) ? 0 : dice.between(1, 20);
  if (dice.chance(25)) {
    a.pe.shared_rf_words = a.pe.ifmap_rf_words + words(Tensor::weight, Level::pe) + a.pe.psum_rf_words;
    a.pe.ifmap_rf_words = a.pe.weight_rf_words = a.pe.psum_rf_words = 0;
  }
  if (a.pe.shared_rf_words == 0) {
    if (dice.chance(15)) a.pe.ifmap_rf_words = 0;
    if (dice.chance(15)) a.pe.weight_rf_words = 0;
    if (dice.chance(15)) a.pe.psum_rf_words = 0;
  }
  if (dice.chance(30)) a.pe.last_sum = LastSum::direct;
  if (dice.chance(30)) a.global_buffer.last_sum = LastSum::direct;
  if (dice.chance(40)) a.global_buffer.loads = dice.chance(60) ? TileLoad::whole : TileLoad::every;
  let_neighbours_sum(mapping, dice, a);
  return a;
}

/// Zeros on all sides of the ifmap, and sometimes between its words; the outputs stay as many.
void pad(Layer& layer, Dice& dice) {
  const auto draw = [&](std::int64_t& first, std::int64_t& last, std::int64_t& own, std::int64_t& spacing) {
    std::int64_t left = first + own - 1;
    first = dice.chance(60) ? dice.between(0, std::min<std::int64_t>(left, 3)) : 0;
    left -= first;
    last = dice.chance(60) ? dice.between(0, std::min<std::int64_t>(left, 4)) : 0;
    own = left - last + 1;
    spacing = dice.chance(25) ? dice.between(2, 3) : 1;
  };
  draw(layer.padding.top, layer.padding.bottom, layer.input.vertical, layer.spacing.vertical);
  draw(layer.padding.left, layer.padding.right, layer.input.horizontal, layer.spacing.horizontal);
}

}  // namespace

RandomCase draw_case(std::uint64_t seed, Size size) {
  Dice dice(seed);
  RandomCase drawn;
  drawn.layer = draw_layer(dice, size);
  drawn.mapping = draw_mapping(drawn.layer, size, dice);
  Dice of_steps(seed ^ 0x57e9);  // the other cases stay what they are
  if (size != Size::stretched && of_steps.chance(10)) run_in_steps(drawn, of_steps);
  drawn.accelerator = fit(drawn.layer, drawn.mapping, dice);
  drawn.overlap = dice.chance(40) ? Overlap::total : Overlap::processing;
  if (drawn.overlap == Overlap::processing && dice.chance(20))
    drawn.accelerator.global_buffer.ifmap_bypasses = true;
  if (dice.chance(30)) send_psums_past_the_buffer(drawn, dice);
  pad(drawn.layer, dice);
  GlobalBufferSpec& buffer = drawn.accelerator.global_buffer;
  if (!buffer.ifmap_bypasses && dice.chance(60)) buffer.padding = PaddingZeros::made;
  ProcessingElementSpec& pe = drawn.accelerator.pe;
  if (pe.last_sum == LastSum::stored && dice.chance(30)) pe.padding_macs = PaddingMacs::skipped;
  constexpr std::int64_t kNoLimit = std::int64_t{1} << 22;
  if (size == Size::stretched && dice.chance(40)) drawn.accelerator.networks.psum_ports.words = kNoLimit;
  return drawn;
}

std::string describe(const RandomCase& drawn) {
  std::string text = "bounds";
  for (const Dimension d : kAllDimensions)
    text += fmt::format(" {}={}", dimension_letter(d), drawn.layer.bounds[d]);
  if (drawn.layer.steps > 1) text += fmt::format(" in {} steps", drawn.layer.steps);
  text += fmt::format(" stride {}x{} dilation {}x{}\n", drawn.layer.stride.vertical,
                      drawn.layer.stride.horizontal, drawn.layer.dilation.vertical,
                      drawn.layer.dilation.horizontal);
  const Padding& padding = drawn.layer.padding;
  text += fmt::format("  ifmap {}x{} padded by {}/{}/{}/{} spacing {}x{}\n", drawn.layer.input.vertical,
                      drawn.layer.input.horizontal, padding.top, padding.left, padding.bottom, padding.right,
                      drawn.layer.spacing.vertical, drawn.layer.spacing.horizontal);
  for (const Level level : kAllLevels) {
    text += fmt::format("  {}:", level_name(level));
    for (const Loop& loop : drawn.mapping.at(level))
      text += fmt::format(" {}={}", dimension_letter(loop.dimension), loop.bound);
    text += "\n";
  }
  const Accelerator& a = drawn.accelerator;
  text += fmt::format(
      "  rf {}/{}/{} fifo {} words a cycle {}/{}/{}/{} port {} barrier {} initial psums {} dram {}/1000 "
      "latency {} {}{}\n"
      "  shared rf {} last sum {} of PEs, {} of the buffer, tiles {}{}, neighbours sum {}{}{}\n",
      a.pe.ifmap_rf_words, a.pe.weight_rf_words, a.pe.psum_rf_words, a.pe.input_fifo_words,
      a.networks.ifmap.words_per_cycle, a.networks.weight.words_per_cycle, a.networks.psum_in.words_per_cycle,
      a.networks.psum_out.words_per_cycle, a.networks.psum_ports.words,
      static_cast<int>(a.networks.weight_barrier), a.networks.psum_ports.reads_initial ? "read" : "zero",
      a.dram.words_per_kilocycle, a.dram.latency_cycles,
      drawn.overlap == Overlap::total ? "total" : "processing",
      drawn.mapping.weights_in_global_buffer ? ", weights kept in the buffer" : "", a.pe.shared_rf_words,
      a.pe.last_sum == LastSum::direct ? "direct" : "stored",
      a.global_buffer.last_sum == LastSum::direct ? "direct" : "stored",
      a.global_buffer.loads == TileLoad::whole   ? "whole"
      : a.global_buffer.loads == TileLoad::every ? "every"
                                                 : "new words",
      fmt::format("{}{}{}{}", a.global_buffer.padding == PaddingZeros::made ? ", zeros made" : "",
                  a.pe.padding_macs == PaddingMacs::skipped ? ", their MACs skipped" : "",
                  a.global_buffer.ifmap_bypasses ? ", ifmap past the buffer" : "",
                  a.global_buffer.psum_bypasses ? ", psums past the buffer" : ""),
      a.networks.neighbour_sums.c ? "C" : "", a.networks.neighbour_sums.r ? "R" : "",
      a.networks.neighbour_sums.s ? "S" : "");
  if (a.systolic())
    text += fmt::format("  systolic {}x{}{}, weight FIFO of {} words\n", a.rows, a.columns,
                        a.double_buffered ? ", double-buffered" : "", a.global_buffer.weight_prefetch_words);
  return text;
}

RandomCase shrink(RandomCase failing, const std::function<bool(const RandomCase&)>& fails) {
  const auto without = [](RandomCase c, Level level, std::size_t loop) {
    --c.mapping.at(level)[loop].bound;
    if (c.layer.steps > 1) c.layer.steps = c.mapping.at(Level::dram).front().bound;
    Extents spans;
    spans.values.fill(1);
    for (const Level each : kAllLevels) {
      for (const Loop& l : c.mapping.at(each)) spans[l.dimension] *= l.bound;
    }
    for (const Dimension d : kAllDimensions) c.layer.bounds[d] = std::min(c.layer.bounds[d], spans[d]);
    return c;
  };
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (const Level level : kAllLevels) {
      for (std::size_t i = 0; i < failing.mapping.at(level).size(); ++i) {
        while (failing.mapping.at(level)[i].bound > 1) {
          const RandomCase less = without(failing, level, i);
          if (!fails(less)) break;
          failing = less;
          smaller = true;
        }
      }
    }
  }
  return failing;
}

std::uint64_t random_cases(std::uint64_t usual) {
  const char* asked = std::getenv("WEIR_RANDOM_CASES");
  return asked != nullptr ? std::stoull(asked) : usual;
}

}  // namespace weir::test
