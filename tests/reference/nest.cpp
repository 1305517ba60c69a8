#include "reference/nest.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace weir::reference {
namespace {

using Loops = std::vector<LoopSpec>;
using Counters = std::vector<std::int64_t>;

const std::string kDimensions = "GNMCPQRS";

bool is_reduction(char dimension) { return dimension == 'C' || dimension == 'R' || dimension == 'S'; }

// All iterations of a loop nest in lexicographic order; one, without counters, if there are no loops.
std::vector<Counters> iterations(const Loops& loops) {
  std::vector<Counters> result = {{}};
  for (const LoopSpec& loop : loops) {
    std::vector<Counters> longer;
    for (const Counters& outer : result) {
      for (std::int64_t i = 0; i < loop.bound; ++i) {
        longer.push_back(outer);
        longer.back().push_back(i);
      }
    }
    result = longer;
  }
  return result;
}

// The indices (in the order of kDimensions) so far, refined by one iteration of inner loops.
using Indices = std::array<std::int64_t, 8>;
Indices refine(Indices indices, const Loops& loops, const Counters& counters) {
  for (std::size_t i = 0; i < loops.size(); ++i) {
    std::int64_t& index = indices[kDimensions.find(loops[i].dimension)];
    index = index * loops[i].bound + counters[i];
  }
  return indices;
}

bool in_bounds(const LayerShape& shape, const Indices& indices) {
  const Indices bounds = {shape.G, shape.N, shape.M, shape.C, shape.P, shape.Q, shape.R, shape.S};
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (indices[i] >= bounds[i]) return false;
  }
  return true;
}

PeTile make_tile(const LayerShape& shape, const Loops& pe_loops, const Indices& place,
                 const std::string& neighbours_sum) {
  PeTile tile;
  for (const char dimension : {'C', 'R', 'S'}) {
    if (neighbours_sum.find(dimension) == std::string::npos)
      tile.own_reduction = 1000 * tile.own_reduction + place[kDimensions.find(dimension)];
  }
  for (const Counters& counters : iterations(pe_loops)) {
    const Indices i = refine(place, pe_loops, counters);
    if (!in_bounds(shape, i)) continue;
    const Mac mac = {i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]};
    tile.macs.push_back(mac);
    tile.ifmap.insert(ifmap_word(shape, mac));
    tile.weights.insert(weight_word(mac));
    tile.psums.insert(psum_word(mac));
  }
  return tile;
}

// Layers in steps (section 1): the parts of the images, or of a product's positions, come one after the
// other.
void check_order_of_parts(const LayerShape& shape, const NestSpec& nest, const std::vector<Step>& steps) {
  const bool is_product = shape.N == 1;
  const auto outermost =
      std::find_if(nest.dram.begin(), nest.dram.end(), [](const LoopSpec& loop) { return loop.bound > 1; });
  if (outermost == nest.dram.end() || outermost->dimension != (is_product ? 'P' : 'N') ||
      outermost->bound != shape.steps)
    throw std::invalid_argument("the parts are not the outermost loop");
  const std::int64_t whole = is_product ? shape.P : shape.N;
  if (whole % shape.steps != 0) throw std::invalid_argument("the parts are not alike");
  std::int64_t covered = 1;
  for (const Loops* loops : {&nest.dram, &nest.global_buffer, &nest.pe_rows, &nest.pe_columns, &nest.pe}) {
    for (const LoopSpec& loop : *loops) {
      if (loop.dimension == outermost->dimension) covered *= loop.bound;
    }
  }
  if (covered != whole) throw std::invalid_argument("the loops over a part do not cover it exactly");
  std::int64_t last_part = 0;
  std::int64_t last_tile = 0;
  for (const Step& step : steps) {
    std::set<std::int64_t> parts;
    for (const PeTile& tile : step.pe_tiles) {
      for (const Mac& mac : tile.macs) parts.insert((is_product ? mac.p : mac.n) / (whole / shape.steps));
    }
    const bool goes_on = *parts.begin() == last_part;
    const bool is_next = *parts.begin() == last_part + 1 && step.dram_iteration != last_tile;
    if (parts.size() > 1 || !(goes_on || is_next))
      throw std::invalid_argument("a step has words of two parts, or comes out of order");
    last_part = *parts.begin();
    last_tile = step.dram_iteration;
  }
  if (last_part != shape.steps - 1) throw std::invalid_argument("a part is missing");
}

bool at_first_reduction(const Loops& loops, const Counters& counters) {
  for (std::size_t i = 0; i < loops.size(); ++i) {
    if (is_reduction(loops[i].dimension) && counters[i] != 0) return false;
  }
  return true;
}

// Section 4 knows only chains within a column, of the innermost loops on the rows.
void check_nest(const LayerShape& shape, const NestSpec& nest) {
  Indices covered;
  covered.fill(1);
  for (const Loops* loops : {&nest.dram, &nest.global_buffer, &nest.pe_rows, &nest.pe_columns, &nest.pe}) {
    for (const LoopSpec& loop : *loops) {
      if (kDimensions.find(loop.dimension) == std::string::npos || loop.bound < 1) {
        throw std::invalid_argument("a loop's dimension or bound is wrong");
      }
      covered[kDimensions.find(loop.dimension)] *= loop.bound;
    }
  }
  const Indices bounds = {shape.G, shape.N, shape.M, shape.C, shape.P, shape.Q, shape.R, shape.S};
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (covered[i] < bounds[i]) throw std::invalid_argument("the loops do not cover the layer");
  }
  for (const LoopSpec& loop : nest.pe_columns) {
    if (is_reduction(loop.dimension) && loop.bound > 1)
      throw std::invalid_argument("C, R or S on the columns");
  }
  bool reduced = false;
  for (const LoopSpec& loop : nest.pe_rows) {
    if (loop.bound == 1) continue;
    if (reduced && !is_reduction(loop.dimension))
      throw std::invalid_argument("C, R, S not innermost on rows");
    reduced = reduced || is_reduction(loop.dimension);
  }
}

}  // namespace

Word ifmap_word(const LayerShape& shape, const Mac& mac) {
  return {mac.g, mac.n, mac.c, mac.p * shape.stride_v + mac.r * shape.dilation_v,
          mac.q * shape.stride_h + mac.s * shape.dilation_h};
}

bool is_padding(const LayerShape& shape, const Word& ifmap_word) {
  const std::int64_t row = ifmap_word[3], column = ifmap_word[4];
  if (row < shape.top || row >= shape.bottom || column < shape.left || column >= shape.right) return true;
  return (row - shape.top) % shape.spacing_v != 0 || (column - shape.left) % shape.spacing_h != 0;
}

Word weight_word(const Mac& mac) { return {mac.g, mac.m, mac.c, mac.r, mac.s}; }

Word psum_word(const Mac& mac) { return {mac.g, mac.n, mac.m, mac.p, mac.q}; }

std::vector<Step> enumerate_steps(const LayerShape& shape, const NestSpec& nest, const MachineSpec& machine) {
  check_nest(shape, nest);
  const std::vector<Counters> rows = iterations(nest.pe_rows);
  const std::vector<Counters> columns = iterations(nest.pe_columns);
  if (static_cast<std::int64_t>(rows.size()) > machine.rows ||
      static_cast<std::int64_t>(columns.size()) > machine.columns) {
    throw std::invalid_argument("the spatial loops exceed the array");
  }

  std::vector<Step> steps;
  std::int64_t dram_iteration = 0;
  for (const Counters& dram : iterations(nest.dram)) {
    const Indices in_dram = refine({}, nest.dram, dram);
    bool has_work = false;
    for (const Counters& buffer : iterations(nest.global_buffer)) {
      const Indices in_step = refine(in_dram, nest.global_buffer, buffer);
      Step step;
      step.dram_iteration = dram_iteration;
      step.first_reduction =
          at_first_reduction(nest.dram, dram) && at_first_reduction(nest.global_buffer, buffer);
      step.pe_tiles.resize(static_cast<std::size_t>(machine.rows * machine.columns));
      for (std::size_t row = 0; row < rows.size(); ++row) {
        const Indices in_row = refine(in_step, nest.pe_rows, rows[row]);
        for (std::size_t column = 0; column < columns.size(); ++column) {
          const Indices place = refine(in_row, nest.pe_columns, columns[column]);
          PeTile tile = make_tile(shape, nest.pe, place, machine.neighbours_sum);
          step.psums.insert(tile.psums.begin(), tile.psums.end());
          step.pe_tiles[row * static_cast<std::size_t>(machine.columns) + column] = tile;
        }
      }
      if (step.psums.empty()) continue;  // an iteration without work does not exist
      steps.push_back(step);
      has_work = true;
    }
    if (has_work) ++dram_iteration;
  }
  if (shape.steps > 1) check_order_of_parts(shape, nest, steps);
  return steps;
}

}  // namespace weir::reference
