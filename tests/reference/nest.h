#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "reference/ticked_model.h"

namespace weir::reference {

// Coordinates of a word: ifmap (g, n, c, h, w), weight (g, m, c, r, s), psum (g, n, m, p, q). The order of a
// std::set of them is the order in which words are sent (section 2).
using Word = std::array<std::int64_t, 5>;
using Words = std::set<Word>;

struct Mac {
  std::int64_t g, n, m, c, p, q, r, s;
};

Word ifmap_word(const LayerShape& shape, const Mac& mac);
bool is_padding(const LayerShape& shape, const Word& ifmap_word);
Word weight_word(const Mac& mac);
Word psum_word(const Mac& mac);

// What one PE does in one step: nothing, if it is idle.
struct PeTile {
  std::vector<Mac> macs;
  Words ifmap, weights, psums;
  std::int64_t own_reduction = 0;  // differs where neighbours do not add this PE's sums to others'
  bool active() const { return !macs.empty(); }
};

struct Step {
  std::int64_t dram_iteration;  // counts the iterations of the dram loops that have work
  bool first_reduction;  // all loops over C, R and S at dram and global_buffer are at their first iteration
  std::vector<PeTile> pe_tiles;  // by row * columns + column, for the whole grid
  Words psums;                   // the array's psum tile
};

// All steps that have work, in their order (section 1).
std::vector<Step> enumerate_steps(const LayerShape& shape, const NestSpec& nest, const MachineSpec& machine);

}  // namespace weir::reference
