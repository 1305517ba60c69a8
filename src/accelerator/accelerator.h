#pragma once

#include <cstdint>
#include <string>

#include "config/node.h"

namespace weir {

/// When the next weights may enter the PEs.
enum class WeightBarrier : std::uint8_t {
  none,           ///< as soon as there is room for them
  array_done,     ///< when every PE has finished all earlier steps
  array_drained,  ///< when, besides, the last psum of those steps is in the global buffer
};

/// What becomes of a sum that nothing is added to any more in the place where it was made.
enum class LastSum : std::uint8_t {
  stored,  ///< it is written back, and read to be sent away
  direct,  ///< it leaves as it is made, and is neither written nor read there
};

/// What is loaded when the buffer goes to the next iteration of the loops at dram.
enum class TileLoad : std::uint8_t {
  new_words,  ///< of tiles that move, what the tile before does not have
  whole,      ///< all of an ifmap tile that moves, the rows and columns that it shares with the one before
              ///< included
  every,      ///< all of the ifmap and weight tiles, whether they move or not
};

/// Where the zeros of an ifmap's padding, and those between the words of a transposed convolution, come from.
enum class PaddingZeros : std::uint8_t {
  stored,  ///< they are words of DRAM like others
  made,    ///< they are written where the buffer is filled
};

/// What a PE does where it would multiply a zero of padding.
enum class PaddingMacs : std::uint8_t {
  performed,  ///< the same as with other words
  skipped,    ///< nothing: it takes no cycle and touches no register file
};

/// How DRAM transfers and processing share the time.
enum class Overlap : std::uint8_t {
  processing,  ///< DRAM is hidden: its words are counted and never waited for
  total,       ///< nothing is processed while an ifmap tile loads or psums drain; weights are preloaded
};

/// A register file of 0 words is none: words of that tensor stream through the PE.
struct ProcessingElementSpec {
  std::int64_t ifmap_rf_words = 0;
  std::int64_t weight_rf_words = 0;
  std::int64_t psum_rf_words = 0;
  std::int64_t input_fifo_words = 0;  ///< in front of the ifmap and of the weight register file, each
  bool zero_gating = false;           ///< a zero ifmap word switches off the weight read and the MAC
  /// One register file for the three tensors; 0: each has its own.
  std::int64_t shared_rf_words = 0;
  LastSum last_sum = LastSum::stored;  ///< of a visit, in the psum register file
  PaddingMacs padding_macs = PaddingMacs::performed;
};

/// How an operand reaches the PEs that need it.
enum class DeliveryKind : std::uint8_t {
  multicast,  ///< in one cycle, to all of them
  systolic,   ///< at the array's edge, and from there from PE to PE, one a cycle
};

/// Words a cycle of a network without limit: more than the longest edge of an array takes.
inline constexpr std::int64_t kUnlimitedWords = std::int64_t{1} << 20;

/// Words a cycle, out of the global buffer or, for psum_out, into it.
struct NetworkSpec {
  std::int64_t words_per_cycle = 1;
};

struct PsumPorts {
  std::int64_t words = 0;     ///< room of a psum port of a PE
  bool reads_initial = true;  ///< psums are read from the buffer in the first visit, too (zeros or biases)
};

/// Along which reductions psums of PEs in a column are added from neighbour to neighbour. Where others are
/// unrolled, each sum of neighbours goes to the global buffer by itself and is added there.
struct NeighbourSums {
  bool c = true, r = true, s = true;
};

struct NetworksSpec {
  NetworkSpec ifmap, weight, psum_in, psum_out;
  DeliveryKind delivery = DeliveryKind::multicast;  ///< of ifmap and weights
  NeighbourSums neighbour_sums;
  WeightBarrier weight_barrier = WeightBarrier::none;
  PsumPorts psum_ports;
};

struct GlobalBufferSpec {
  std::int64_t banks = 0;
  std::int64_t bank_words = 0;
  std::int64_t weight_prefetch_words =
      0;                               ///< extra banks that hold one pass's weights on their way to the PEs
  LastSum last_sum = LastSum::stored;  ///< of a layer: a finished output
  TileLoad loads = TileLoad::new_words;
  bool ifmap_bypasses = false;  ///< ifmap words go from DRAM to the array past the buffer
  bool psum_bypasses = false;   ///< the buffer has no psums: the array's sums are outputs, and go to DRAM
  PaddingZeros padding = PaddingZeros::stored;
};

struct DramSpec {
  std::int64_t words_per_kilocycle = 0;  ///< words in 1,000 core cycles: exact for three decimals
  std::int64_t latency_cycles = 0;

  /// Core cycles that the link is busy with `words`.
  std::int64_t transfer_cycles(std::int64_t words) const {
    return (words * 1000 + words_per_kilocycle - 1) / words_per_kilocycle;
  }
};

/// The hardware: everything that a configuration file says, in words and cycles.
struct Accelerator {
  std::string name;
  double clock_mhz = 0;
  std::int64_t word_bits = 0;
  std::int64_t rows = 0;  ///< of the PE array
  std::int64_t columns = 0;
  bool double_buffered = false;  ///< of a systolic array: a fold begins while the one before drains
  ProcessingElementSpec pe;
  NetworksSpec networks;
  GlobalBufferSpec global_buffer;
  DramSpec dram;
  std::int64_t vector_operations_per_cycle = 1;
  std::string energy;  ///< name of its energy table

  std::int64_t pes() const { return rows * columns; }
  /// Whether the array is systolic: it runs matrix products, and advances or stalls as a whole.
  bool systolic() const { return networks.delivery == DeliveryKind::systolic; }
};

/// Reads an accelerator file (docs/file-formats.md). Throws config::InputError.
Accelerator read_accelerator(const config::Node& root);

/// Throws config::InputError, at the accelerator's file, when there is no model of this overlap for it.
void check_overlap(const Accelerator& accelerator, Overlap overlap, const config::Node& file);

}  // namespace weir
