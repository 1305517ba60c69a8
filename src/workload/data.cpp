#include "workload/data.h"

#include <algorithm>

namespace weir {
namespace {

using enum Dimension;

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the i-th word of a stream without making those before it.
std::uint64_t hash(std::uint64_t seed, std::uint64_t i) {
  std::uint64_t z = seed + (i + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/// Any 16-bit word but zero, each as likely.
std::int16_t nonzero_word(std::uint64_t random) {
  const auto word = static_cast<std::int16_t>(random >> 48);
  return word == 0 ? std::int16_t{1} : word;
}

/// For each coordinate of an axis, how many (output, tap) pairs use it.
std::vector<std::int64_t> uses(std::int64_t length, std::int64_t outputs, std::int64_t taps,
                               std::int64_t stride, std::int64_t dilation) {
  std::vector<std::int64_t> count(static_cast<std::size_t>(length), 0);
  for (std::int64_t i = 0; i < outputs; ++i) {
    for (std::int64_t j = 0; j < taps; ++j) ++count[static_cast<std::size_t>(i * stride + j * dilation)];
  }
  return count;
}

/// sums[0..count) += value * weights[0..count), modulo 2^32.
__attribute__((target_clones("avx2", "default"))) void add_scaled(std::uint32_t* sums,
                                                                  const std::int16_t* weights,
                                                                  std::int32_t value, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) sums[i] += static_cast<std::uint32_t>(value * weights[i]);
}

}  // namespace

LayerData generate_data(const Layer& layer, std::uint64_t seed, bool with_weights) {
  LayerData data;
  const Extents& b = layer.bounds;
  const std::int64_t rows = layer.padded_rows();
  const std::int64_t columns = layer.padded_columns();
  const std::int64_t planes = b[G] * b[N] * b[C];
  data.ifmap.assign(static_cast<std::size_t>(planes * rows * columns), 0);
  const auto zero_below = static_cast<std::uint64_t>(layer.ifmap_zeros * 4294967296.0);
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    for (std::int64_t h = 0; h < layer.input.vertical; h += layer.spacing.vertical) {
      const std::int64_t first = (plane * rows + h + layer.padding.top) * columns + layer.padding.left;
      for (std::int64_t i = first; i < first + layer.input.horizontal; i += layer.spacing.horizontal) {
        const std::uint64_t random = hash(seed, static_cast<std::uint64_t>(i));
        if ((random & 0xffffffffU) >= zero_below)
          data.ifmap[static_cast<std::size_t>(i)] = nonzero_word(random);
      }
    }
  }
  if (with_weights) {
    data.weights.resize(static_cast<std::size_t>(b[G] * b[M] * b[C] * b[R] * b[S]));
    for (std::size_t i = 0; i < data.weights.size(); ++i) data.weights[i] = nonzero_word(hash(~seed, i));
  }
  return data;
}

std::int64_t count_zero_macs(const Layer& layer, const std::vector<std::int16_t>& ifmap) {
  const Extents& b = layer.bounds;
  const auto down = uses(layer.padded_rows(), b[P], b[R], layer.stride.vertical, layer.dilation.vertical);
  const auto across =
      uses(layer.padded_columns(), b[Q], b[S], layer.stride.horizontal, layer.dilation.horizontal);
  std::int64_t total = 0;
  const std::int16_t* word = ifmap.data();
  for (std::int64_t plane = 0; plane < b[G] * b[N] * b[C]; ++plane) {
    for (const std::int64_t row_uses : down) {
      std::int64_t in_row = 0;
      for (const std::int64_t column_uses : across) in_row += *word++ == 0 ? column_uses : 0;
      total += in_row * row_uses;
    }
  }
  return total * b[M];
}

std::vector<std::uint32_t> reference_convolution(const Layer& layer, const LayerData& data) {
  const Extents& b = layer.bounds;
  const std::int64_t rows = layer.padded_rows();
  const std::int64_t columns = layer.padded_columns();
  const std::int64_t taps = b[C] * b[R] * b[S];
  std::vector<std::uint32_t> outputs(static_cast<std::size_t>(b[G] * b[N] * b[M] * b[P] * b[Q]));
  std::vector<std::int16_t> filters(
      static_cast<std::size_t>(taps * b[M]));  // [C*R*S][M]: all output channels of a tap side by side
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(b[M]));

  for (std::int64_t g = 0; g < b[G]; ++g) {
    for (std::int64_t m = 0; m < b[M]; ++m) {
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        filters[static_cast<std::size_t>(tap * b[M] + m)] =
            data.weights[static_cast<std::size_t>((g * b[M] + m) * taps + tap)];
      }
    }
    for (std::int64_t n = 0; n < b[N]; ++n) {
      const std::int16_t* image = data.ifmap.data() + (g * b[N] + n) * b[C] * rows * columns;
      std::uint32_t* output = outputs.data() + (g * b[N] + n) * b[M] * b[P] * b[Q];
      for (std::int64_t p = 0; p < b[P]; ++p) {
        for (std::int64_t q = 0; q < b[Q]; ++q) {
          std::fill(sums.begin(), sums.end(), 0U);
          const std::int16_t* filter = filters.data();
          for (std::int64_t c = 0; c < b[C]; ++c) {
            for (std::int64_t r = 0; r < b[R]; ++r) {
              const std::int64_t h = p * layer.stride.vertical + r * layer.dilation.vertical;
              for (std::int64_t s = 0; s < b[S]; ++s, filter += b[M]) {
                const std::int64_t w = q * layer.stride.horizontal + s * layer.dilation.horizontal;
                add_scaled(sums.data(), filter, image[(c * rows + h) * columns + w], b[M]);
              }
            }
          }
          for (std::int64_t m = 0; m < b[M]; ++m)
            output[(m * b[P] + p) * b[Q] + q] = sums[static_cast<std::size_t>(m)];
        }
      }
    }
  }
  return outputs;
}

}  // namespace weir
