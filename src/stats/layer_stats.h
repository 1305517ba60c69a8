#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "stats/counts.h"

namespace weir::stats {

/// What a PE does in a cycle: every cycle of every PE is exactly one of these.
enum class PeState : std::uint8_t {
  mac,
  gated_mac,
  psum_accumulate,
  wait_ifmap,
  wait_weight,
  wait_psum,
  wait_output_space,
  fill_drain,
  unmapped,
};
inline constexpr std::size_t kPeStates = 9;
inline constexpr std::array<std::string_view, kPeStates> kPeStateNames = {
    "mac",       "gated_mac",         "psum_accumulate", "wait_ifmap", "wait_weight",
    "wait_psum", "wait_output_space", "fill_drain",      "unmapped"};

/// PE cycles by state, summed over the array: adds up to cycles x PEs.
struct PeCycles {
  std::array<std::int64_t, kPeStates> values{};
  std::int64_t& operator[](PeState s) { return values[static_cast<std::size_t>(s)]; }
  std::int64_t operator[](PeState s) const { return values[static_cast<std::size_t>(s)]; }
  std::int64_t total() const;
  friend bool operator==(const PeCycles&, const PeCycles&) = default;
};

/// The links that can limit a layer.
enum class Link : std::uint8_t { ifmap, weight, psum_in, psum_out, dram };
inline constexpr std::size_t kLinks = 5;
inline constexpr std::array<std::string_view, kLinks> kLinkNames = {"ifmap", "weight", "psum_in", "psum_out",
                                                                    "dram"};

/// Cycles of a link: busy + blocked + idle = cycles of the layer.
struct LinkCycles {
  std::int64_t busy = 0;  ///< at least one word was sent
  std::int64_t blocked =
      0;  ///< it had words to send and could not: no room at a receiver, or they were not ready
  std::int64_t idle = 0;  ///< nothing left to send
  friend bool operator==(const LinkCycles&, const LinkCycles&) = default;
};

/// Whether the outputs were compared with the reference; `none`: there are none to compare.
enum class Verification : std::uint8_t { off, passed, failed, none };

/// What one layer did.
struct LayerStats {
  std::int64_t macs = 0;
  std::int64_t cycles = 0;
  std::int64_t active_pes = 0;         ///< PEs with work in a full step
  std::int64_t vector_operations = 0;  ///< of a memory-bound layer
  std::int64_t vector_cycles = 0;      ///< that the vector unit takes for them
  Counts counts;
  PeCycles pe_cycles;
  std::array<LinkCycles, kLinks> links{};
  Verification verification = Verification::off;
  std::int64_t wrong_outputs = 0;
  friend bool operator==(const LayerStats&, const LayerStats&) = default;
};

}  // namespace weir::stats
