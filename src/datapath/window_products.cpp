#include "datapath/window_products.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "datapath/window_run.h"
#include "workload/lanes.h"

namespace weir::datapath {
namespace {

constexpr std::size_t kBlock = StreamLayout::kBlock;

/// The sums of `kChannels` channels and `kVectors` vectors of windows, which stay in registers.
template <std::size_t kChannels, std::size_t kVectors>
[[gnu::always_inline]] inline void add_block(const WindowProducts& w, std::size_t window, std::size_t channel,
                                             std::uint32_t* sums, std::size_t line) {
  std::array<std::array<SumLanes, kVectors>, kChannels> block;
  for (std::size_t m = 0; m < kChannels; ++m) std::memcpy(block[m].data(), sums + m * line, sizeof(block[m]));
  const std::int32_t* weight = w.weights.data() + channel;
  for (const std::int16_t* tap : w.taps) {
    std::array<ProductLanes, kVectors> words;
    load_words(tap + window, words);
    for (std::size_t m = 0; m < kChannels; ++m) add_lanes(block[m], weight[m], words);
    weight += w.channels;
  }
  for (std::size_t m = 0; m < kChannels; ++m) std::memcpy(sums + m * line, block[m].data(), sizeof(block[m]));
}

/// All channels of a block of windows, in groups as equal as may be.
template <std::size_t kVectors>
[[gnu::always_inline]] inline void add_channels(const WindowProducts& w, std::size_t window,
                                                std::uint32_t* sums, std::size_t line) {
  constexpr std::int64_t kMost = 6;
  std::int64_t done = 0;
  for (std::int64_t groups = (w.channels + kMost - 1) / kMost; groups > 0; --groups) {
    const std::int64_t channels = (w.channels - done + groups - 1) / groups;
    const auto first = static_cast<std::size_t>(done);
    std::uint32_t* of_first = sums + first * line;
    switch (channels) {
      case 1:
        add_block<1, kVectors>(w, window, first, of_first, line);
        break;
      case 2:
        add_block<2, kVectors>(w, window, first, of_first, line);
        break;
      case 3:
        add_block<3, kVectors>(w, window, first, of_first, line);
        break;
      case 4:
        add_block<4, kVectors>(w, window, first, of_first, line);
        break;
      case 5:
        add_block<5, kVectors>(w, window, first, of_first, line);
        break;
      default:
        add_block<6, kVectors>(w, window, first, of_first, line);
    }
    done += channels;
  }
}

__attribute__((target_clones("avx2", "default"))) void add_all(const WindowProducts& w, std::uint32_t* sums,
                                                               std::size_t line) {
  const auto windows = static_cast<std::size_t>(w.windows);
  std::size_t window = 0;
  for (; window + kLanes < windows; window += kBlock)
    add_channels<kBlock / kLanes>(w, window, sums + window, line);
  if (window < windows) add_channels<1>(w, window, sums + window, line);
}

__attribute__((target_clones("avx2", "default"))) std::int64_t count_zeros(const WindowProducts& w) {
  constexpr std::int64_t kMost = 0x7fff;  // so that the inner count fits into a word
  std::int64_t zeros = 0;
  for (const std::int16_t* tap : w.taps) {
    for (std::int64_t begin = 0; begin < w.windows; begin += kMost) {
      std::uint16_t some = 0;
      for (std::int64_t i = begin; i < std::min(w.windows, begin + kMost); ++i)
        some = static_cast<std::uint16_t>(some + (tap[i] == 0 ? 1 : 0));
      zeros += some;
    }
  }
  return zeros;
}

}  // namespace

void WindowProducts::add_to(std::uint32_t* sums, std::int64_t line) const {
  add_all(*this, sums, static_cast<std::size_t>(line));
}

std::int64_t WindowProducts::zeros() const { return count_zeros(*this); }

}  // namespace weir::datapath
