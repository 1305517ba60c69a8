#pragma once

#include <cstdint>
#include <vector>

#include "reference/nest.h"

namespace weir::reference {

// One word that a network sends once, to all PEs that need it anew in that step (section 2).
struct Delivery {
  std::int64_t step;
  Word word;
  std::vector<std::int64_t> receivers;
};

// PEs of a column that add up the same psums, the top (lowest row) first (section 4).
struct Chain {
  std::vector<std::int64_t> pes;
  Words psums;
  std::int64_t own_reduction = 0;
  std::int64_t earlier_burst = -1;  // number of the psum-out burst that wrote these psums last; -1: none
};

struct Visit {
  std::int64_t first_step, last_step;
  bool first;  // to its psums
  std::vector<Chain> chains;
};

// One iteration of the dram loops (section 7): its words, and what is moved before it begins.
struct BufferTile {
  std::int64_t first_step;
  Words ifmap, weights, psums;
  std::set<std::array<std::int64_t, 7>> ifmap_places;  // (g, n, c, p, q, r, s) of its MACs
  std::int64_t new_ifmap, new_weights, psums_returning;
  std::int64_t made_ifmap;     // of new_ifmap, zeros that DRAM does not send
  std::int64_t psums_drained;  // of the tile before
};

// every_step: psums do not stay in the PEs.
std::vector<Visit> make_visits(const std::vector<Step>& steps, std::int64_t columns, bool every_step);

// For every step and PE the words of its tile that it does not keep (if it keeps any) from its last active
// step.
enum class Operand { kIfmap, kWeight };
std::vector<std::vector<Words>> make_new_words(const std::vector<Step>& steps, Operand operand, bool keeps);
std::vector<Delivery> make_deliveries(const std::vector<std::vector<Words>>& new_words, Operand operand);

// Whole tiles: nothing of an ifmap tile is kept when the next one stands elsewhere; every tile: nor of any
// other.
std::vector<BufferTile> make_buffer_tiles(const LayerShape& shape, const MachineSpec& machine,
                                          const std::vector<Step>& steps);

}  // namespace weir::reference
