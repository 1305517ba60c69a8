#include "report/data_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir::report {
namespace {

using enum Dimension;

/// A file of format 1.0 (numpy.lib.format): magic, version, length of the header, header, words in C order.
template <typename Word>
std::string npy(std::string_view type, const std::vector<std::int64_t>& shape,
                const std::vector<Word>& words) {
  constexpr std::size_t kPreamble = 10, kAlignment = 64;
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}", type,
                                   fmt::join(shape, ", "));
  header.resize((header.size() + 1 + kPreamble + kAlignment - 1) / kAlignment * kAlignment - kPreamble - 1,
                ' ');
  header += '\n';
  std::string file = "\x93NUMPY\x01";
  file += '\0';
  file += static_cast<char>(header.size() & 0xffU);
  file += static_cast<char>(header.size() >> 8U);
  file += header;
  for (const Word word : words) {
    for (std::size_t byte = 0; byte < sizeof(Word); ++byte)
      file += static_cast<char>(static_cast<std::uint32_t>(word) >> (8 * byte) & 0xffU);
  }
  return file;
}

/// The ifmap's own words, of all groups side by side.
std::string ifmap_file(const Layer& layer, const std::vector<std::int16_t>& ifmap) {
  const Extents& b = layer.bounds;
  const std::int64_t rows = (layer.input.vertical - 1) / layer.spacing.vertical + 1;
  const std::int64_t columns = (layer.input.horizontal - 1) / layer.spacing.horizontal + 1;
  std::vector<std::int16_t> words;
  for (std::int64_t n = 0; n < b[N]; ++n) {
    for (std::int64_t g = 0; g < b[G]; ++g) {
      for (std::int64_t c = 0; c < b[C]; ++c) {
        const std::int64_t plane = ((g * b[N] + n) * b[C] + c) * layer.padded_rows();
        for (std::int64_t h = 0; h < rows; ++h) {
          const std::int64_t row = plane + layer.padding.top + h * layer.spacing.vertical;
          for (std::int64_t w = 0; w < columns; ++w) {
            words.push_back(ifmap[static_cast<std::size_t>(row * layer.padded_columns() + layer.padding.left +
                                                           w * layer.spacing.horizontal)]);
          }
        }
      }
    }
  }
  return npy("<i2", {b[N], b[G] * b[C], rows, columns}, words);
}

std::string ofmap_file(const Layer& layer, const std::vector<std::uint32_t>& outputs) {
  const Extents& b = layer.bounds;
  const std::int64_t image = b[M] * b[P] * b[Q];
  std::vector<std::uint32_t> words;
  for (std::int64_t n = 0; n < b[N]; ++n) {
    for (std::int64_t g = 0; g < b[G]; ++g) {
      const auto first = outputs.begin() + (g * b[N] + n) * image;
      words.insert(words.end(), first, first + image);
    }
  }
  return npy("<u4", {b[N], b[G] * b[M], b[P], b[Q]}, words);
}

/// Of a memory-bound layer: its operands, and its output, image by image.
std::vector<std::pair<std::string, std::string>> vector_files(const Layer& layer,
                                                              const std::vector<std::int16_t>& operands,
                                                              const std::vector<std::uint32_t>& outputs) {
  const VectorValues& values = layer.vector_work.values;
  const auto of_images = [&](const TensorShape& shape) {
    std::vector<std::int64_t> extents{values.images};
    extents.insert(extents.end(), shape.begin(), shape.end());
    return extents;
  };
  const auto names = data_file_names(layer);
  std::vector<std::pair<std::string, std::string>> files;
  auto first = operands.begin();
  for (std::size_t i = 0; i < values.inputs.size(); ++i) {
    const auto extents = of_images(values.inputs[i]);
    const auto last = first + words_of(extents);
    files.emplace_back(names[i], npy("<i2", extents, std::vector<std::int16_t>(first, last)));
    first = last;
  }
  files.emplace_back(names.back(), npy("<u4", of_images(values.output), outputs));
  return files;
}

}  // namespace

std::vector<std::string> data_file_names(const Layer& layer) {
  if (!layer.is_memory_bound())
    return {layer.name + ".ifmap.npy", layer.name + ".weight.npy", layer.name + ".ofmap.npy"};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < layer.vector_work.values.inputs.size(); ++i)
    names.push_back(fmt::format("{}.ifmap{}.npy", layer.name, i == 0 ? "" : std::to_string(i)));
  names.push_back(layer.name + ".ofmap.npy");
  return names;
}

std::vector<std::pair<std::string, std::string>> data_files(const Layer& layer, const LayerData& data,
                                                            const std::vector<std::uint32_t>& outputs) {
  if (layer.is_memory_bound()) return vector_files(layer, data.ifmap, outputs);
  const Extents& b = layer.bounds;
  const auto names = data_file_names(layer);
  return {{names[0], ifmap_file(layer, data.ifmap)},
          {names[1], npy("<i2", {b[G] * b[M], b[C], b[R], b[S]}, data.weights)},
          {names[2], ofmap_file(layer, outputs)}};
}

}  // namespace weir::report
