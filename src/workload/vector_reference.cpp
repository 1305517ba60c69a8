#include "workload/vector_reference.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace weir {
namespace {

/// One word of an operand, widened.
class OperandWords {
 public:
  OperandWords(const VectorValues& values, const std::vector<std::int16_t>& words)
      : values_(values), words_(words) {}

  /// The word at a place of an image of an operand; places beyond its rank are not looked at, and those of
  /// axes of 1 are taken as 0, so that the last `rank` places of an output's may be given.
  std::uint32_t at(std::size_t operand, std::int64_t image, const std::int64_t* place) const {
    std::int64_t first = 0;
    for (std::size_t i = 0; i < operand; ++i) first += words_of(values_.inputs[i]) * values_.images;
    std::int64_t offset = image;
    for (const std::int64_t extent : values_.inputs[operand])
      offset = offset * extent + (extent == 1 ? 0 : *place), ++place;
    return static_cast<std::uint32_t>(
        static_cast<std::int32_t>(words_[static_cast<std::size_t>(first + offset)]));
  }

 private:
  const VectorValues& values_;
  const std::vector<std::int16_t>& words_;
};

std::int32_t as_signed(std::uint32_t word) { return static_cast<std::int32_t>(word); }

std::uint32_t combined(VectorFunction function, std::uint32_t a, std::uint32_t b) {
  switch (function) {
    case VectorFunction::max:
      return as_signed(a) > as_signed(b) ? a : b;
    case VectorFunction::min:
      return as_signed(a) < as_signed(b) ? a : b;
    case VectorFunction::subtract:
      return a - b;
    case VectorFunction::multiply:
      return a * b;
    default:
      return a + b;
  }
}

/// a / b to the nearest whole number, half away from zero.
std::uint32_t rounded_quotient(std::int64_t a, std::int64_t b) {
  const std::int64_t magnitude = (2 * (a < 0 ? -a : a) + b) / (2 * b);
  return static_cast<std::uint32_t>(a < 0 ? -magnitude : magnitude);
}

std::uint32_t pooled(const VectorValues& v, const OperandWords& words, std::int64_t image,
                     TensorShape place) {
  std::int64_t& row = place[place.size() - 2];
  std::int64_t& column = place[place.size() - 1];
  const std::int64_t top = row * v.stride.vertical - v.padding.top;
  const std::int64_t left = column * v.stride.horizontal - v.padding.left;
  const std::int64_t rows = v.inputs[0][place.size() - 2];
  const std::int64_t columns = v.inputs[0][place.size() - 1];
  std::uint32_t result = 0;
  std::int64_t met = 0, in_padded = 0;
  for (std::int64_t r = 0; r < v.filter.vertical; ++r) {
    for (std::int64_t s = 0; s < v.filter.horizontal; ++s) {
      row = top + r * v.dilation.vertical;
      column = left + s * v.dilation.horizontal;
      in_padded += row < rows + v.padding.bottom && column < columns + v.padding.right ? 1 : 0;
      if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
      const std::uint32_t word = words.at(0, image, place.data());
      result = met++ == 0 ? word : combined(v.function, result, word);
    }
  }
  if (v.function != VectorFunction::average) return result;
  return rounded_quotient(as_signed(result), v.counts_padding ? in_padded : met);
}

std::uint32_t copied(const VectorValues& v, const OperandWords& words, std::int64_t image,
                     const TensorShape& place) {
  TensorShape from(v.inputs[0].size(), 0);
  for (std::size_t i = 0; i < place.size(); ++i) {
    if (v.function == VectorFunction::transpose) from[static_cast<std::size_t>(v.order[i])] = place[i];
    if (v.function == VectorFunction::slice) from[i] = v.begin[i] + place[i] * v.step[i];
    if (v.function == VectorFunction::repeat) from[i] = place[i] * v.inputs[0][i] / v.output[i];
  }
  return words.at(0, image, from.data());
}

std::uint32_t concatenated(const VectorValues& v, const OperandWords& words, std::int64_t image,
                           TensorShape place) {
  std::size_t operand = 0;
  while (place[v.axis] >= v.inputs[operand][v.axis]) place[v.axis] -= v.inputs[operand++][v.axis];
  return words.at(operand, image, place.data());
}

std::uint32_t of_operands(const VectorValues& v, const OperandWords& words, std::int64_t image,
                          const TensorShape& place) {
  std::uint32_t result = 0;
  for (std::size_t i = 0; i < v.inputs.size(); ++i) {
    const std::uint32_t word = words.at(i, image, place.data() + (place.size() - v.inputs[i].size()));
    result = i == 0 ? word : combined(v.function, result, word);
  }
  return result;
}

std::uint32_t output_at(const VectorValues& v, const OperandWords& words, std::int64_t image,
                        const TensorShape& place) {
  if (v.is_pool) return pooled(v, words, image, place);
  switch (v.function) {
    case VectorFunction::transpose:
    case VectorFunction::slice:
    case VectorFunction::repeat:
      return copied(v, words, image, place);
    case VectorFunction::concat:
      return concatenated(v, words, image, place);
    default:
      return of_operands(v, words, image, place);
  }
}

}  // namespace

std::vector<std::uint32_t> reference_vector(const VectorValues& values,
                                            const std::vector<std::int16_t>& operands) {
  std::vector<std::uint32_t> outputs;
  outputs.reserve(static_cast<std::size_t>(words_of(values.output) * values.images));
  if (values.function == VectorFunction::reshape || values.function == VectorFunction::relu) {
    for (const std::int16_t word : operands)
      outputs.push_back(static_cast<std::uint32_t>(std::int32_t{word}));
  } else {
    const OperandWords words(values, operands);
    for (std::int64_t image = 0; image < values.images; ++image) {
      TensorShape place(values.output.size(), 0);
      for (std::size_t axis = 1; axis > 0;) {
        outputs.push_back(output_at(values, words, image, place));
        // The next place, as an odometer counts.
        axis = place.size();
        while (axis > 0 && ++place[axis - 1] == values.output[axis - 1]) place[--axis] = 0;
      }
    }
  }
  for (std::uint32_t& word : outputs) {
    if ((values.then_relu || values.function == VectorFunction::relu) && as_signed(word) < 0) word = 0;
  }
  return outputs;
}

}  // namespace weir
