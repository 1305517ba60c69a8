#include "workload/data.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "workload/lanes.h"
#include "workload/vector_reference.h"

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

/// Which of the random numbers that belong to an ifmap's words stand for zeros.
class ZeroWords {
 public:
  explicit ZeroWords(const Layer& layer)
      : below_(static_cast<std::uint64_t>(layer.ifmap_zeros * 4294967296.0)) {}
  bool none() const { return below_ == 0; }
  bool has(std::uint64_t random) const { return (random & 0xffffffffU) < below_; }

 private:
  std::uint64_t below_;
};

/// Calls visit(row, first) for each of the ifmap's own rows, padding and rows between them left out: its
/// coordinate and the number of the row's first own word among all words.
template <typename Visit>
void for_each_own_row(const Layer& layer, Visit visit) {
  const Extents& b = layer.bounds;
  const std::int64_t rows = layer.padded_rows();
  for (std::int64_t plane = 0; plane < b[G] * b[N] * b[C]; ++plane) {
    for (std::int64_t h = layer.padding.top; h < layer.padding.top + layer.input.vertical;
         h += layer.spacing.vertical)
      visit(h, (plane * rows + h) * layer.padded_columns() + layer.padding.left);
  }
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

/// Output channels and neighbouring outputs whose sums are made at once.
constexpr std::size_t kVectors = 4;
constexpr std::int64_t kChannels = kVectors * kLanes;
constexpr std::int64_t kOutputs = 2;
using Sums = std::array<std::array<SumLanes, kVectors>, kOutputs>;

/// The sums of outputs (p, q) and (p, q + 1), or only the first of them twice, for a block of channels:
/// `image` is [C][rows][columns], `filters` is [C][R][S][kChannels].
__attribute__((target_clones("avx2", "default"))) void convolve(const Layer& layer, const std::int16_t* image,
                                                                const std::int16_t* filters, std::int64_t p,
                                                                std::int64_t q, Sums& result) {
  const Extents& b = layer.bounds;
  const std::int64_t columns = layer.padded_columns();
  const std::int64_t next = q + 1 < b[Q] ? layer.stride.horizontal : 0;
  Sums sums{};
  for (std::int64_t c = 0; c < b[C]; ++c, image += layer.padded_rows() * columns) {
    for (std::int64_t r = 0; r < b[R]; ++r) {
      const std::int64_t h = p * layer.stride.vertical + r * layer.dilation.vertical;
      const std::int16_t* word = image + h * columns + q * layer.stride.horizontal;
      for (std::int64_t s = 0; s < b[S]; ++s, word += layer.dilation.horizontal, filters += kChannels) {
        std::array<ProductLanes, kVectors> weights;
        load_words(filters, weights);
        add_lanes(sums[0], word[0], weights);
        add_lanes(sums[1], word[next], weights);
      }
    }
  }
  result = sums;
}

}  // namespace

LayerData generate_data(const Layer& layer, std::uint64_t seed, bool with_weights) {
  LayerData data;
  if (layer.is_memory_bound()) {
    std::int64_t words = 0;
    for (const TensorShape& shape : layer.vector_work.values.inputs) words += words_of(shape);
    data.ifmap.resize(static_cast<std::size_t>(words * layer.vector_work.values.images));
    for (std::size_t i = 0; i < data.ifmap.size(); ++i) data.ifmap[i] = nonzero_word(hash(seed, i));
    return data;
  }
  const Extents& b = layer.bounds;
  data.ifmap.assign(
      static_cast<std::size_t>(b[G] * b[N] * b[C] * layer.padded_rows() * layer.padded_columns()), 0);
  const ZeroWords zeros(layer);
  for_each_own_row(layer, [&](std::int64_t, std::int64_t first) {
    for (std::int64_t i = first; i < first + layer.input.horizontal; i += layer.spacing.horizontal) {
      const std::uint64_t random = hash(seed, static_cast<std::uint64_t>(i));
      if (!zeros.has(random)) data.ifmap[static_cast<std::size_t>(i)] = nonzero_word(random);
    }
  });
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

std::int64_t count_zero_macs(const Layer& layer, std::uint64_t seed) {
  const Extents& b = layer.bounds;
  const auto down = uses(layer.padded_rows(), b[P], b[R], layer.stride.vertical, layer.dilation.vertical);
  const auto across =
      uses(layer.padded_columns(), b[Q], b[S], layer.stride.horizontal, layer.dilation.horizontal);
  std::vector<std::int64_t> own;  // of `across`, at the ifmap's own columns
  for (std::int64_t w = 0; w < layer.input.horizontal; w += layer.spacing.horizontal)
    own.push_back(across[static_cast<std::size_t>(layer.padding.left + w)]);
  const std::int64_t own_across = std::accumulate(own.begin(), own.end(), std::int64_t{0});

  const ZeroWords zeros(layer);
  std::int64_t zero = b[G] * b[N] * b[C] * b[P] * b[R] * b[Q] * b[S];  // all but the own words that are not
  for_each_own_row(layer, [&](std::int64_t row, std::int64_t first) {
    const std::int64_t row_uses = down[static_cast<std::size_t>(row)];
    if (row_uses == 0) return;
    zero -= row_uses * own_across;
    if (zeros.none()) return;
    std::int64_t drawn = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
      const auto place =
          static_cast<std::uint64_t>(first) + i * static_cast<std::uint64_t>(layer.spacing.horizontal);
      drawn += std::int64_t{zeros.has(hash(seed, place))} * own[i];  // a branch would be taken at random
    }
    zero += row_uses * drawn;
  });
  return zero * b[M];
}

std::vector<std::uint32_t> reference_outputs(const Layer& layer, const LayerData& data) {
  return layer.is_memory_bound() ? reference_vector(layer.vector_work.values, data.ifmap)
                                 : reference_convolution(layer, data);
}

std::vector<std::uint32_t> reference_convolution(const Layer& layer, const LayerData& data) {
  const Extents& b = layer.bounds;
  const std::int64_t image_words = b[C] * layer.padded_rows() * layer.padded_columns();
  const std::int64_t taps = b[C] * b[R] * b[S];
  std::vector<std::uint32_t> outputs(static_cast<std::size_t>(b[G] * b[N] * b[M] * b[P] * b[Q]));
  std::vector<std::int16_t> filters(
      static_cast<std::size_t>(taps * kChannels));  // a tap's weights of some channels side by side
  std::array<std::array<std::uint32_t, kChannels>, kOutputs> sums;

  for (std::int64_t g = 0; g < b[G]; ++g) {
    for (std::int64_t first = 0; first < b[M]; first += kChannels) {
      const std::int64_t channels = std::min(kChannels, b[M] - first);
      for (std::int64_t m = 0; m < channels; ++m) {
        const std::int16_t* filter = data.weights.data() + (g * b[M] + first + m) * taps;
        for (std::int64_t tap = 0; tap < taps; ++tap)
          filters[static_cast<std::size_t>(tap * kChannels + m)] = filter[tap];
      }
      for (std::int64_t n = 0; n < b[N]; ++n) {
        const std::int16_t* image = data.ifmap.data() + (g * b[N] + n) * image_words;
        std::uint32_t* output = outputs.data() + ((g * b[N] + n) * b[M] + first) * b[P] * b[Q];
        for (std::int64_t p = 0; p < b[P]; ++p) {
          for (std::int64_t q = 0; q < b[Q]; q += kOutputs) {
            Sums lanes;
            convolve(layer, image, filters.data(), p, q, lanes);
            std::memcpy(sums.data(), lanes.data(), sizeof(sums));
            for (std::int64_t i = 0; i < std::min(kOutputs, b[Q] - q); ++i) {
              for (std::int64_t m = 0; m < channels; ++m)
                output[(m * b[P] + p) * b[Q] + q + i] =
                    sums[static_cast<std::size_t>(i)][static_cast<std::size_t>(m)];
            }
          }
        }
      }
    }
  }
  return outputs;
}

}  // namespace weir
