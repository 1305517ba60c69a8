#include "vector_unit/pooling_operator.h"

#include <algorithm>

namespace weir {

PoolingOperator::Windows::Windows(std::int64_t length, std::int64_t before, std::int64_t behind,
                                  std::int64_t outputs, std::int64_t taps, std::int64_t stride,
                                  std::int64_t dilation, bool counts_padding)
    : taken_by(static_cast<std::size_t>(length)), closed_by(taken_by.size()) {
  for (std::int64_t window = 0; window < outputs; ++window) {
    std::int64_t last = -1;
    std::int64_t& count = words.emplace_back(0);
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      const std::int64_t place = window * stride + tap * dilation - before;
      const bool is_word = place >= 0 && place < length;
      count += is_word || (counts_padding && place < length + behind) ? 1 : 0;
      if (!is_word) continue;
      taken_by[static_cast<std::size_t>(place)].push_back(window);
      last = place;
    }
    closed_by[static_cast<std::size_t>(last)].push_back(window);
  }
}

PoolingOperator::PoolingOperator(const VectorValues& values, OutputSink& sink)
    : VectorOperator(values, sink),
      function_(values.function),
      down_(values.inputs[0].end()[-2], values.padding.top, values.padding.bottom, values.output.end()[-2],
            values.filter.vertical, values.stride.vertical, values.dilation.vertical, values.counts_padding),
      across_(values.inputs[0].back(), values.padding.left, values.padding.right, values.output.back(),
              values.filter.horizontal, values.stride.horizontal, values.dilation.horizontal,
              values.counts_padding),
      rows_(values.inputs[0].end()[-2]),
      columns_(values.inputs[0].back()),
      outputs_across_(values.output.back()),
      outputs_(values.output.end()[-2] * outputs_across_),
      partials_(static_cast<std::size_t>(outputs_)) {}

void PoolingOperator::take(std::int16_t word) {
  const auto row = static_cast<std::size_t>(row_), column = static_cast<std::size_t>(column_);
  for (const std::int64_t p : down_.taken_by[row]) {
    for (const std::int64_t q : across_.taken_by[column])
      add(partials_[static_cast<std::size_t>(p * outputs_across_ + q)], word);
  }
  for (const std::int64_t p : down_.closed_by[row]) {
    for (const std::int64_t q : across_.closed_by[column]) {
      Partial& partial = partials_[static_cast<std::size_t>(p * outputs_across_ + q)];
      const std::int64_t words =
          down_.words[static_cast<std::size_t>(p)] * across_.words[static_cast<std::size_t>(q)];
      finish(first_output_ + p * outputs_across_ + q, result(partial, words));
      partial = {};
    }
  }
  if (++column_ < columns_) return;
  column_ = 0;
  if (++row_ < rows_) return;
  row_ = 0;
  first_output_ += outputs_;
}

void PoolingOperator::add(Partial& partial, std::int16_t word) const {
  const auto wide = static_cast<std::uint32_t>(std::int32_t{word});
  if (partial.is_empty) {
    partial = {wide, false};
  } else if (function_ == VectorFunction::max || function_ == VectorFunction::min) {
    // 16-bit words: the value so far is one, too.
    const auto so_far = static_cast<std::int32_t>(partial.value);
    const bool is_larger = word > so_far;
    if (is_larger == (function_ == VectorFunction::max)) partial.value = wide;
  } else {
    partial.value += wide;
  }
}

std::int32_t PoolingOperator::result(const Partial& partial, std::int64_t words) const {
  const auto value = static_cast<std::int32_t>(partial.value);
  if (function_ != VectorFunction::average) return value;
  // Half of the divisor is added away from zero, and the quotient cut off.
  const std::int64_t half = value < 0 ? -(words / 2) : words / 2;
  return static_cast<std::int32_t>((value + half) / words);
}

}  // namespace weir
