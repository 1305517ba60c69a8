#pragma once

#include <cstdint>
#include <vector>

// The oracle of the systolic array: docs/timing-model.md section 12 taken literally, with registers that hold
// a word each and shift once a step. It shares no code with src/.
namespace weir::reference {

struct SystolicSpec {
  std::int64_t rows = 1, columns = 1;
  bool double_buffered = false;
  char stationary = 'w';  // w: weights, i: ifmap, o: outputs
  // Words a cycle; 0 is no limit.
  std::int64_t ifmap_words = 0, weight_words = 0, psum_in_words = 0, psum_out_words = 0;
  bool reads_initial_psums = false;
};

// A block of the matrix product out[p][m] += in[p][c] * w[c][m].
struct ProductFold {
  std::int64_t p, c, m;                   // first indices
  std::int64_t positions, taps, filters;  // how many of each
};

struct Product {
  std::int64_t positions = 1, taps = 1, filters = 1;
  std::vector<std::int16_t> ifmap;    // [p][c]
  std::vector<std::int16_t> weights;  // [c][m]
};

struct SystolicResult {
  std::int64_t cycles = 0;
  std::int64_t macs = 0;
  // PE cycles, as section 12 says; waits of the whole array for a link are in the state of that link.
  std::int64_t mac = 0, wait_ifmap = 0, wait_weight = 0, wait_psum = 0, wait_output_space = 0, fill_drain = 0,
               unmapped = 0;
  struct PerTensor {
    std::int64_t ifmap = 0, weight = 0, psum = 0;
  };
  PerTensor buffer_reads;        // on the array's side
  std::int64_t psum_writes = 0;  // to the buffer
  PerTensor neighbour_hops;
  std::int64_t stationary_reads = 0, stationary_writes = 0;  // of the registers that hold stationary words
  struct Busy {
    std::int64_t busy = 0, last = 0;  // cycles with a word, and the end of the last of them
  };
  Busy ifmap, weight, psum_in, psum_out;
  std::vector<std::int32_t> outputs;  // [p][m], modulo 2^32
};

// Runs the folds one after the other. Throws std::logic_error if a word meets another than the one it should,
// or overwrites one that is still needed: the rules of section 12 would then not be those of a machine that
// works. `hurry`: begins the second fold so many steps before the rules let it.
SystolicResult run_systolic(const SystolicSpec& spec, const Product& product,
                            const std::vector<ProductFold>& folds, std::int64_t hurry = 0);

}  // namespace weir::reference
