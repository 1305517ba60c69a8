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

/// How DRAM transfers and processing share the time.
enum class Overlap : std::uint8_t {
  processing,  ///< DRAM is hidden: its words are counted and never waited for
  total,       ///< nothing is processed while an ifmap tile loads or psums drain; weights are preloaded
};

struct ProcessingElementSpec {
  std::int64_t ifmap_rf_words = 0;
  std::int64_t weight_rf_words = 0;
  std::int64_t psum_rf_words = 0;
  std::int64_t input_fifo_words = 0;  ///< in front of the ifmap and of the weight register file, each
  bool zero_gating = false;           ///< a zero ifmap word switches off the weight read and the MAC
};

/// Words a cycle, out of the global buffer or, for psum_out, into it.
struct NetworkSpec {
  std::int64_t words_per_cycle = 1;
};

struct PsumPorts {
  std::int64_t words = 0;     ///< room of a psum port of a PE
  bool reads_initial = true;  ///< psums are read from the buffer in the first visit, too (zeros or biases)
};

struct NetworksSpec {
  NetworkSpec ifmap, weight, psum_in, psum_out, neighbour;
  WeightBarrier weight_barrier = WeightBarrier::none;
  PsumPorts psum_ports;
};

struct GlobalBufferSpec {
  std::int64_t banks = 0;
  std::int64_t bank_words = 0;
  std::int64_t weight_prefetch_words =
      0;  ///< extra banks that hold one pass's weights on their way to the PEs
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
  ProcessingElementSpec pe;
  NetworksSpec networks;
  GlobalBufferSpec global_buffer;
  DramSpec dram;
  std::int64_t vector_operations_per_cycle = 1;
  std::string energy;  ///< name of its energy table

  std::int64_t pes() const { return rows * columns; }
};

/// Reads an accelerator file (docs/file-formats.md). Throws config::InputError.
Accelerator read_accelerator(const config::Node& root);

}  // namespace weir
