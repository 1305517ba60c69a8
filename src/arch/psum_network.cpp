#include "arch/psum_network.h"

#include <algorithm>

#include "mapping/footprint.h"

namespace weir::arch {
namespace {

using enum Dimension;

/// Calls visit(words) for each line of output channels, which lie side by side in the buffer.
template <typename Visit>
void for_each_line(TileStore<std::uint32_t>& buffer, const Tile& window, Visit visit) {
  const auto& [base, extents] = window;
  for (std::int64_t g = 0; g < extents[G]; ++g)
    for (std::int64_t n = 0; n < extents[N]; ++n)
      for (std::int64_t p = 0; p < extents[P]; ++p)
        for (std::int64_t q = 0; q < extents[Q]; ++q)
          visit(buffer.at({base[G] + g, base[N] + n, base[M], base[P] + p, base[Q] + q}));
}

}  // namespace

void PsumNetwork::take_out(TileStore<std::uint32_t>& buffer, const Tile& window,
                           std::vector<std::uint32_t>& burst) {
  const std::int64_t channels = window.extents[M];
  for_each_line(buffer, window,
                [&](const std::uint32_t* line) { burst.insert(burst.end(), line, line + channels); });
}

void PsumNetwork::put_back(const std::vector<std::uint32_t>& burst, const Tile& window,
                           TileStore<std::uint32_t>& buffer) {
  const std::ptrdiff_t channels = window.extents[M];
  auto psum = burst.begin();
  for_each_line(buffer, window, [&](std::uint32_t* line) {
    std::copy(psum, psum + channels, line);
    psum += channels;
  });
}

}  // namespace weir::arch
