#include "datapath/psum_network.h"

#include <algorithm>

#include "mapping/footprint.h"

namespace weir::datapath {
namespace {

using enum Dimension;

/// Calls visit(first) for each line of output channels: where its first one lies in the buffer.
template <typename Visit>
void for_each_line(TileStore<std::uint32_t>& buffer, const Tile& window, Visit visit) {
  const auto& [base, extents] = window;
  for (std::int64_t g = 0; g < extents[G]; ++g)
    for (std::int64_t n = 0; n < extents[N]; ++n)
      for (std::int64_t p = 0; p < extents[P]; ++p)
        for (std::int64_t q = 0; q < extents[Q]; ++q)
          visit(buffer.at({base[G] + g, base[N] + n, base[M], base[P] + p, base[Q] + q}));
}

/// Calls visit(first, distance) for each psum of a window: where the run's first one lies in the buffer, and
/// how far apart the others.
template <typename Visit>
void for_each_psum(TileStore<std::uint32_t>& buffer, const Tile& window, const WindowRun& run, Visit visit) {
  const Coordinates& stride = buffer.layout().stride();
  for_each_line(buffer, window, [&](std::uint32_t* first) {
    for (std::int64_t m = 0; m < window.extents[M]; ++m, first += stride[kPsumChannelAxis])
      visit(first, run.step * stride[run.axis]);
  });
}

}  // namespace

void PsumNetwork::take_out(TileStore<std::uint32_t>& buffer, const Tile& window,
                           std::vector<std::uint32_t>& burst) {
  const std::int64_t channels = window.extents[M];
  const std::int64_t distance = buffer.layout().stride()[kPsumChannelAxis];
  for_each_line(buffer, window, [&](const std::uint32_t* psum) {
    for (std::int64_t m = 0; m < channels; ++m) burst.push_back(psum[m * distance]);
  });
}

void PsumNetwork::put_back(const std::vector<std::uint32_t>& burst, const Tile& window,
                           TileStore<std::uint32_t>& buffer) {
  const std::int64_t channels = window.extents[M];
  const std::int64_t distance = buffer.layout().stride()[kPsumChannelAxis];
  auto psum = burst.begin();
  for_each_line(buffer, window, [&](std::uint32_t* line) {
    for (std::int64_t m = 0; m < channels; ++m) line[m * distance] = *psum++;
  });
}

void PsumNetwork::take_out(TileStore<std::uint32_t>& buffer, const Tile& window, const WindowRun& run,
                           std::int64_t windows, std::uint32_t* bursts, std::int64_t line) {
  for_each_psum(buffer, window, run, [&](const std::uint32_t* first, std::int64_t distance) {
    if (distance == 1) {
      std::copy_n(first, windows, bursts);
    } else {
      for (std::int64_t k = 0; k < windows; ++k) bursts[k] = first[k * distance];
    }
    bursts += line;
  });
}

void PsumNetwork::put_back(const std::uint32_t* bursts, std::int64_t line, const Tile& window,
                           const WindowRun& run, std::int64_t windows, TileStore<std::uint32_t>& buffer) {
  for_each_psum(buffer, window, run, [&](std::uint32_t* first, std::int64_t distance) {
    if (distance == 1) {
      std::copy_n(bursts, windows, first);
    } else {
      for (std::int64_t k = 0; k < windows; ++k) first[k * distance] = bursts[k];
    }
    bursts += line;
  });
}

}  // namespace weir::datapath
