#include "datapath/processing_element.h"

#include <algorithm>
#include <array>

namespace weir::datapath {
namespace {

using enum Dimension;

/// What the loops of a window need: bounds, places in the register files, and where the sliding axes begin.
struct Window {
  Extents bounds;
  Coordinates ifmap_stride, weight_stride, psum_stride;
  std::int64_t rows, columns;  ///< of the ifmap tile's box
  std::int64_t first_row, first_column;
  Plane stride, dilation;
};

constexpr std::int64_t wrapped(std::int64_t place, std::int64_t length) {
  return place < length ? place : place - length;
}

/// What an output position has in common for all output channels.
struct Position {
  const std::int16_t* image;  ///< the ifmap words of its group and image
  std::int64_t row, column;   ///< where its first tap lies
  const std::int16_t* filters;
};

/// Adds to the psums of output channels, side by side, what all taps of one output position give: to
/// `kChannels` of them from each of the `kBlocks` beginnings on; blocks that overlap agree. Returns how many
/// taps met a zero. The sums stay in registers.
template <std::size_t kChannels, std::size_t kBlocks>
[[gnu::always_inline]] inline std::int64_t run_blocks(const Window& v, const Position& at,
                                                      const std::array<std::int64_t, kBlocks>& begins,
                                                      std::uint32_t* psums) {
  const Extents& b = v.bounds;
  std::array<std::array<std::uint32_t, kChannels>, kBlocks> sums;
  for (std::size_t i = 0; i < kBlocks; ++i) std::copy_n(psums + begins[i], kChannels, sums[i].begin());
  std::int64_t zeros = 0;
  for (std::int64_t c = 0; c < b[C]; ++c)
    for (std::int64_t r = 0; r < b[R]; ++r) {
      const std::int16_t* line = at.image + c * v.ifmap_stride[2] +
                                 wrapped(at.row + r * v.dilation.vertical, v.rows) * v.ifmap_stride[3];
      const std::int16_t* filter = at.filters + c * v.weight_stride[2] + r * v.weight_stride[3];
      for (std::int64_t s = 0; s < b[S]; ++s, filter += v.weight_stride[4]) {
        const std::int32_t value = line[wrapped(at.column + s * v.dilation.horizontal, v.columns)];
        zeros += value == 0 ? 1 : 0;
        for (std::size_t i = 0; i < kBlocks; ++i) {
          for (std::size_t m = 0; m < kChannels; ++m)
            sums[i][m] +=
                static_cast<std::uint32_t>(value * filter[begins[i] + static_cast<std::int64_t>(m)]);
        }
      }
    }
  for (std::size_t i = 0; i < kBlocks; ++i) std::copy_n(sums[i].begin(), kChannels, psums + begins[i]);
  return zeros;
}

/// The same for `channels` channels, in as few blocks as there may be.
[[gnu::always_inline]] inline std::int64_t run_position(const Window& v, const Position& at,
                                                        std::int64_t channels, std::uint32_t* psums) {
  std::int64_t zeros = 0;
  std::int64_t m = 0;
  for (; channels - m > 32; m += 16) zeros = run_blocks<16, 1>(v, at, {m}, psums);
  const std::int64_t left = channels - m;
  if (left > 16) return run_blocks<16, 2>(v, at, {m, channels - 16}, psums);
  if (left > 8) return run_blocks<8, 2>(v, at, {m, channels - 8}, psums);
  if (left >= 4) return run_blocks<4, 2>(v, at, {m, channels - 4}, psums);
  for (; m < channels; ++m) zeros = run_blocks<1, 1>(v, at, {m}, psums);
  return zeros;
}

__attribute__((target_clones("avx2", "default"))) std::int64_t run(const Window& v, const std::int16_t* ifmap,
                                                                   const std::int16_t* weights,
                                                                   std::uint32_t* psums) {
  const Extents& b = v.bounds;
  std::int64_t zeros = 0;
  for (std::int64_t g = 0; g < b[G]; ++g)
    for (std::int64_t n = 0; n < b[N]; ++n)
      for (std::int64_t p = 0; p < b[P]; ++p)
        for (std::int64_t q = 0; q < b[Q]; ++q) {
          const Position at{ifmap + g * v.ifmap_stride[0] + n * v.ifmap_stride[1],
                            wrapped(v.first_row + p * v.stride.vertical, v.rows),
                            wrapped(v.first_column + q * v.stride.horizontal, v.columns),
                            weights + g * v.weight_stride[0]};
          zeros += run_position(v, at, b[M],
                                psums + g * v.psum_stride[0] + n * v.psum_stride[1] + p * v.psum_stride[3] +
                                    q * v.psum_stride[4]);
        }
  return zeros * b[M];
}

constexpr std::size_t kSlidingAxis = 3;  ///< and the one behind it

}  // namespace

void ProcessingElement::begin_layer(const Extents& tile, const Layer& layer) {
  ifmap_rf.shape(BoxLayout(bounding_box(Tensor::ifmap, tile, layer)));
  weight_rf.shape(BoxLayout(bounding_box(Tensor::weight, tile, layer), kWeightChannelAxis));
  psum_rf.shape(BoxLayout(bounding_box(Tensor::psum, tile, layer), kPsumChannelAxis));
}

std::int64_t ProcessingElement::compute(const Tile& tile, const Layer& layer) {
  const Coordinates first = origin(Tensor::ifmap, tile.base, layer);
  const Coordinates& box = ifmap_rf.layout().box();
  const Window window{tile.extents,
                      ifmap_rf.layout().stride(),
                      weight_rf.layout().stride(),
                      psum_rf.layout().stride(),
                      box[3],
                      box[4],
                      first[3] % box[3],
                      first[4] % box[4],
                      layer.stride,
                      layer.dilation};
  return run(window, ifmap_rf.data(), weight_rf.data(), psum_rf.data());
}

void ProcessingElement::begin_run(StreamLayout& layout, const Coordinates& origin) {
  stream_.resize(static_cast<std::size_t>(layout.size()));
  std::int16_t* const stream = stream_.data();
  const std::int16_t* const held = ifmap_rf.data();
  for (const auto& [in_file, in_stream] : layout.places(origin)) stream[in_stream] = held[in_file];
}

void ProcessingElement::end_run(StreamLayout& layout, const WindowRun& run, Coordinates origin,
                                std::int64_t windows) {
  const std::int16_t* const last = stream_.data() + (windows - 1);
  std::int16_t* const held = ifmap_rf.data();
  origin[run.axis] += (windows - 1) * run.slide;
  for (const auto& [in_file, in_stream] : layout.places(origin)) held[in_file] = last[in_stream];
}

std::int64_t ProcessingElement::compute_run(const StreamLayout& layout, const WindowRun& run,
                                            const Tile& tile, const Layer& layer, std::int64_t windows,
                                            std::uint32_t* sums, std::int64_t line) {
  const Extents& b = tile.extents;
  const Coordinates first = origin(Tensor::ifmap, tile.base, layer);
  const Coordinates& box = ifmap_rf.layout().box();
  const Coordinates& stride = layout.stride();
  const Coordinates& weight_stride = weight_rf.layout().stride();
  // Where word x of a window lies on an axis.
  const auto place = [&](std::size_t axis, std::int64_t x) {
    if (axis == run.axis) return layout.along(x);
    return (axis < kSlidingAxis ? x : wrapped(first[axis] % box[axis] + x, box[axis])) * stride[axis];
  };
  std::int64_t zeros = 0;
  products_.channels = b[M];
  products_.windows = windows;
  for (std::int64_t g = 0; g < b[G]; ++g) {
    products_.weights.resize(static_cast<std::size_t>(b[C] * b[R] * b[S] * b[M]));
    std::int32_t* wide = products_.weights.data();
    for (std::int64_t c = 0; c < b[C]; ++c)
      for (std::int64_t r = 0; r < b[R]; ++r)
        for (std::int64_t s = 0; s < b[S]; ++s) {
          const std::int16_t* weight = weight_rf.data() + g * weight_stride[0] + c * weight_stride[2] +
                                       r * weight_stride[3] + s * weight_stride[4];
          for (std::int64_t m = 0; m < b[M]; ++m) *wide++ = weight[m];
        }
    for (std::int64_t n = 0; n < b[N]; ++n)
      for (std::int64_t p = 0; p < b[P]; ++p)
        for (std::int64_t q = 0; q < b[Q]; ++q) {
          products_.taps.resize(static_cast<std::size_t>(b[C] * b[R] * b[S]));
          auto tap = products_.taps.begin();
          const std::int16_t* image = stream_.data() + place(0, g) + place(1, n);
          for (std::int64_t c = 0; c < b[C]; ++c)
            for (std::int64_t r = 0; r < b[R]; ++r) {
              const std::int16_t* row =
                  image + place(2, c) + place(3, p * layer.stride.vertical + r * layer.dilation.vertical);
              for (std::int64_t s = 0; s < b[S]; ++s)
                *tap++ = row + place(4, q * layer.stride.horizontal + s * layer.dilation.horizontal);
            }
          products_.add_to(sums, line);
          zeros += products_.zeros();
          sums += b[M] * line;
        }
  }
  return zeros * b[M];
}

void ProcessingElement::add_psums(const Extents& tile, std::vector<std::uint32_t>& sums) const {
  const Coordinates& box = psum_rf.layout().box();
  std::uint32_t* sum = sums.data();
  const auto add = [&sum](const std::uint32_t* own, std::int64_t words) {
    for (std::int64_t i = 0; i < words; ++i) sum[i] += own[i];
    sum += words;
  };
  // A whole tile lies in the register file as it does in the burst.
  if (Coordinates{tile[G], tile[N], tile[M], tile[P], tile[Q]} == box)
    return add(psum_rf.data(), psum_rf.layout().size());
  const Coordinates& stride = psum_rf.layout().stride();
  for (std::int64_t g = 0; g < tile[G]; ++g)
    for (std::int64_t n = 0; n < tile[N]; ++n)
      for (std::int64_t p = 0; p < tile[P]; ++p)
        for (std::int64_t q = 0; q < tile[Q]; ++q)
          add(psum_rf.data() + g * stride[0] + n * stride[1] + p * stride[3] + q * stride[4], tile[M]);
}

}  // namespace weir::datapath
