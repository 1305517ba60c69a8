#pragma once

#include <cstdint>
#include <string>
#include <vector>

// The oracle of the simulator: docs/timing-model.md taken literally, one step per clock cycle. It shares no
// code with src/.
namespace weir::reference {

// Bounds of one layer; M and C are per group. The ifmap is padded already: all coordinates are padded ones.
struct LayerShape {
  std::int64_t G = 1, N = 1, M = 1, C = 1, P = 1, Q = 1, R = 1, S = 1;
  std::int64_t stride_v = 1, stride_h = 1, dilation_v = 1, dilation_h = 1;
  // The ifmap's own words, of which a zero-stuffed ifmap has every spacing_v-th row and spacing_h-th column
  // only, stand in the rows [top, bottom) and columns [left, right); every other word is a zero of padding.
  std::int64_t top = 0, bottom = 1'000'000, left = 0, right = 1'000'000, spacing_v = 1, spacing_h = 1;
  // Parts of the images (of a product's positions) that run one after the other.
  std::int64_t steps = 1;
};

struct LoopSpec {
  char dimension;  // one of G N M C P Q R S
  std::int64_t bound;
};

// Loops by level, outermost first. An index is built from all its loops in the order of the members.
struct NestSpec {
  std::vector<LoopSpec> dram = {}, global_buffer = {}, pe_rows = {}, pe_columns = {}, pe = {};
  bool weights_in_global_buffer = false;  // otherwise they pass through the prefetch banks
};

enum class Barrier { kNone, kArrayDone, kArrayDrained };

struct MachineSpec {
  std::int64_t rows = 1, columns = 1;
  std::int64_t ifmap_rf_words = 16, weight_rf_words = 16, psum_rf_words = 16, input_fifo_words = 0;
  std::int64_t ifmap_words_per_cycle = 1, weight_words_per_cycle = 1;
  std::int64_t psum_in_words_per_cycle = 1, psum_out_words_per_cycle = 1, psum_port_words = 16;
  std::int64_t shared_rf_words = 0;  // one register file for all tensors; 0: the three above
  bool pe_last_sum_direct = false, buffer_last_sum_direct = false;
  // No register file: what streams through a PE is new in each step, and its sums leave after each.
  bool streams_ifmap = false, streams_weights = false, streams_psums = false;
  bool ifmap_bypasses_buffer = false;
  std::string neighbours_sum = "CRS";  // PEs that differ in other reductions are chains of their own
  bool loads_whole_tiles = false;      // the buffer keeps nothing of an ifmap tile that moves
  bool loads_every_tile = false;       // nor of any other tile, moved or not
  bool skips_padding = false;          // MACs whose ifmap word is such a zero do not exist
  bool makes_padding = false;          // zeros of padding are written into the buffer, not fetched
  Barrier barrier = Barrier::kNone;
  bool reads_initial_psums = true;
  bool zero_gating = false;
  bool dram_hidden = true;  // true: overlap `processing`; false: overlap `total`
  std::int64_t dram_words_per_1000_cycles = 1000, dram_latency_cycles = 0;
  // Steps whose weights the prefetch banks hold at once.
  std::int64_t prefetched_steps = 1;
  // Of a systolic array (reference/ticked_systolic.h) alone. Its links' words a cycle may be 0: no limit.
  bool double_buffered = false;
  char stationary = 'w';                   // w: weights, i: ifmap, o: outputs
  std::int64_t weight_prefetch_words = 0;  // of its FIFO
};

struct LayerData {
  std::int64_t ifmap_rows = 0, ifmap_columns = 0;  // extents of h and w
  std::vector<std::int16_t> ifmap;                 // [g][n][c][h][w]
  std::vector<std::int16_t> weights;               // [g][m][c][r][s]
};

// Cycles of all PEs in each state of section 8; they sum to cycles * rows * columns.
struct StateCycles {
  std::int64_t mac = 0, gated_mac = 0, psum_accumulate = 0, wait_ifmap = 0, wait_weight = 0, wait_psum = 0,
               wait_output_space = 0, fill_drain = 0, unmapped = 0;
};

struct Accesses {
  std::int64_t reads = 0, writes = 0;
};

struct TensorAccesses {
  Accesses ifmap, weight, psum;
};

struct TensorHops {
  std::int64_t ifmap = 0, weight = 0, psum = 0;
};

// ifmap, weight: cycles that sent a word. psum: cycles of bursts. dram: cycles of all transfers without their
// latencies, the last drain's included (so a hidden link's may exceed the layer's cycles).
struct LinkCycles {
  std::int64_t ifmap = 0, weight = 0, psum_in = 0, psum_out = 0, dram = 0;
};

struct Result {
  std::int64_t cycles = 0;
  StateCycles states;
  TensorAccesses dram, global_buffer, register_file;
  TensorHops network_hops;
  TensorHops neighbour_hops;
  std::int64_t macs = 0, gated_macs = 0;  // all MACs of the layer are the sum of both
  LinkCycles busy;
  LinkCycles last_sent;               // when each has sent its last word; 0: it sent none, or is hidden
  std::vector<std::int32_t> outputs;  // [g][n][m][p][q], modulo 2^32
};

// Throws std::invalid_argument if nest, machine and data do not fit each other, std::logic_error if the
// machine gets stuck.
Result simulate(const LayerShape& shape, const NestSpec& nest, const MachineSpec& machine,
                const LayerData& data);

}  // namespace weir::reference
