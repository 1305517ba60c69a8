#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

/// Words and sums that a vector unit works on at once. Wider than a machine's vectors, they are split by the
/// compiler.
inline constexpr std::size_t kLanes = 8;
using WordLanes [[gnu::vector_size(kLanes * sizeof(std::int16_t))]] = std::int16_t;
using ProductLanes [[gnu::vector_size(kLanes * sizeof(std::int32_t))]] = std::int32_t;
using SumLanes [[gnu::vector_size(kLanes * sizeof(std::uint32_t))]] = std::uint32_t;

/// The words from `words` on, of any alignment, as wide as their products. For functions that have clones for
/// several machines: it must be part of them.
template <std::size_t kVectors>
[[gnu::always_inline]] inline void load_words(const std::int16_t* words,
                                              std::array<ProductLanes, kVectors>& wide) {
  for (std::size_t i = 0; i < kVectors; ++i) {
    WordLanes narrow;
    std::memcpy(&narrow, words + i * kLanes, sizeof(narrow));
    // GCC 12 makes one instruction of this, but five of __builtin_convertvector.
    wide[i] =
        ProductLanes{narrow[0], narrow[1], narrow[2], narrow[3], narrow[4], narrow[5], narrow[6], narrow[7]};
  }
}

/// sums += value * words, modulo 2^32.
template <std::size_t kVectors>
[[gnu::always_inline]] inline void add_lanes(std::array<SumLanes, kVectors>& sums, std::int32_t value,
                                             const std::array<ProductLanes, kVectors>& words) {
  for (std::size_t i = 0; i < kVectors; ++i) sums[i] += (SumLanes)(words[i] * value);
}

}  // namespace weir
