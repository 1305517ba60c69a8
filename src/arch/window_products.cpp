#include "arch/window_products.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "arch/window_run.h"

namespace weir::arch {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kVectors = StreamLayout::kBlock / kLanes;
/// Sums of so many channels fit into the registers of a vector unit.
constexpr std::int64_t kMostChannels = 6;

using Words [[gnu::vector_size(kLanes * sizeof(std::int16_t))]] = std::int16_t;
using Products [[gnu::vector_size(kLanes * sizeof(std::int32_t))]] = std::int32_t;
using Sums [[gnu::vector_size(kLanes * sizeof(std::uint32_t))]] = std::uint32_t;

/// One block of windows, `kChannels` channels from the pointers on.
template <std::size_t kChannels>
[[gnu::always_inline]] inline void add_block(const WindowProducts& w, std::size_t window, std::size_t channel,
                                             std::uint32_t* sums, std::size_t line) {
  std::array<std::array<Sums, kVectors>, kChannels> block;
  for (std::size_t m = 0; m < kChannels; ++m) std::memcpy(block[m].data(), sums + m * line, sizeof(block[m]));
  const std::int32_t* weight = w.weights.data() + channel;
  for (const std::int16_t* tap : w.taps) {
    std::array<Products, kVectors> words;
    for (std::size_t i = 0; i < kVectors; ++i) {
      Words narrow;
      std::memcpy(&narrow, tap + window + i * kLanes, sizeof(narrow));
      words[i] = __builtin_convertvector(narrow, Products);
    }
    for (std::size_t m = 0; m < kChannels; ++m) {
      for (std::size_t i = 0; i < kVectors; ++i) block[m][i] += (Sums)(words[i] * weight[m]);
    }
    weight += w.channels;
  }
  for (std::size_t m = 0; m < kChannels; ++m) std::memcpy(sums + m * line, block[m].data(), sizeof(block[m]));
}

__attribute__((target_clones("avx2", "default"))) void add_all(const WindowProducts& w, std::uint32_t* sums,
                                                               std::size_t line) {
  const std::int64_t groups = (w.channels + kMostChannels - 1) / kMostChannels;
  std::size_t channel = 0;
  for (std::int64_t group = groups; group > 0; --group) {
    const std::int64_t left = w.channels - static_cast<std::int64_t>(channel);
    const std::int64_t channels = (left + group - 1) / group;
    std::uint32_t* first = sums + channel * line;
    for (std::size_t k = 0; k < static_cast<std::size_t>(w.windows); k += StreamLayout::kBlock) {
      switch (channels) {
        case 1:
          add_block<1>(w, k, channel, first + k, line);
          break;
        case 2:
          add_block<2>(w, k, channel, first + k, line);
          break;
        case 3:
          add_block<3>(w, k, channel, first + k, line);
          break;
        case 4:
          add_block<4>(w, k, channel, first + k, line);
          break;
        case 5:
          add_block<5>(w, k, channel, first + k, line);
          break;
        default:
          add_block<6>(w, k, channel, first + k, line);
      }
    }
    channel += static_cast<std::size_t>(channels);
  }
}

__attribute__((target_clones("avx2", "default"))) std::int64_t zeros_among(const std::int16_t* words,
                                                                           std::int64_t count) {
  std::int64_t zeros = 0;
  constexpr std::int64_t kMost = 0x7fff;  // so that the inner count fits into a word
  for (std::int64_t begin = 0; begin < count; begin += kMost) {
    std::uint16_t some = 0;
    for (std::int64_t i = begin; i < std::min(count, begin + kMost); ++i)
      some = static_cast<std::uint16_t>(some + (words[i] == 0 ? 1 : 0));
    zeros += some;
  }
  return zeros;
}

}  // namespace

void WindowProducts::add_to(std::uint32_t* sums, std::int64_t line) const {
  add_all(*this, sums, static_cast<std::size_t>(line));
}

std::int64_t WindowProducts::zeros() const {
  std::int64_t sum = 0;
  for (const std::int16_t* tap : taps) sum += zeros_among(tap, windows);
  return sum;
}

}  // namespace weir::arch
