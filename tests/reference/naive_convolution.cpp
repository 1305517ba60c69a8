#include "reference/naive_convolution.h"

namespace weir::reference {

std::vector<std::int32_t> naive_convolution(const LayerShape& shape, const LayerData& data) {
  const auto ifmap = [&](std::int64_t g, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) {
    return data.ifmap[static_cast<std::size_t>(
        (((g * shape.N + n) * shape.C + c) * data.ifmap_rows + h) * data.ifmap_columns + w)];
  };
  const auto weight = [&](std::int64_t g, std::int64_t m, std::int64_t c, std::int64_t r, std::int64_t s) {
    return data
        .weights[static_cast<std::size_t>((((g * shape.M + m) * shape.C + c) * shape.R + r) * shape.S + s)];
  };
  std::vector<std::int32_t> outputs;
  for (std::int64_t g = 0; g < shape.G; ++g) {
    for (std::int64_t n = 0; n < shape.N; ++n) {
      for (std::int64_t m = 0; m < shape.M; ++m) {
        for (std::int64_t p = 0; p < shape.P; ++p) {
          for (std::int64_t q = 0; q < shape.Q; ++q) {
            std::uint32_t sum = 0;
            for (std::int64_t c = 0; c < shape.C; ++c) {
              for (std::int64_t r = 0; r < shape.R; ++r) {
                for (std::int64_t s = 0; s < shape.S; ++s) {
                  const std::int64_t h = p * shape.stride_v + r * shape.dilation_v;
                  const std::int64_t w = q * shape.stride_h + s * shape.dilation_h;
                  const std::int32_t product = ifmap(g, n, c, h, w) * weight(g, m, c, r, s);
                  sum += static_cast<std::uint32_t>(product);
                }
              }
            }
            outputs.push_back(static_cast<std::int32_t>(sum));
          }
        }
      }
    }
  }
  return outputs;
}

LayerData random_data(const LayerShape& shape, std::mt19937& random) {
  LayerData data;
  data.ifmap_rows = (shape.P - 1) * shape.stride_v + (shape.R - 1) * shape.dilation_v + 1;
  data.ifmap_columns = (shape.Q - 1) * shape.stride_h + (shape.S - 1) * shape.dilation_h + 1;
  const auto word = [&] { return static_cast<std::int16_t>(static_cast<int>(random() % 65536) - 32768); };
  data.ifmap.resize(
      static_cast<std::size_t>(shape.G * shape.N * shape.C * data.ifmap_rows * data.ifmap_columns));
  for (std::int16_t& value : data.ifmap) value = random() % 4 == 0 ? std::int16_t{0} : word();
  data.weights.resize(static_cast<std::size_t>(shape.G * shape.M * shape.C * shape.R * shape.S));
  for (std::int16_t& value : data.weights) value = word();
  return data;
}

}  // namespace weir::reference
