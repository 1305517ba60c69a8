#include "vector_unit/operand_operator.h"

#include <algorithm>

#include "vector_unit/word_stream.h"

namespace weir {

OperandOperator::OperandOperator(const VectorValues& values, OutputSink& sink)
    : VectorOperator(values, sink),
      function_(values.function),
      output_(values.output),
      place_(values.output.size(), 0) {
  const std::vector<bool> stretched = stretched_operands(values);
  for (std::size_t i = 0; i < values.inputs.size(); ++i) {
    const TensorShape& shape = values.inputs[i];
    Operand& operand = operands_.emplace_back();
    operand.is_stretched = stretched[i];
    operand.words = words_of(shape);
    operand.steps.assign(output_.size(), 0);
    if (!operand.is_stretched) continue;
    std::int64_t distance = 1;
    for (std::size_t j = shape.size(); j-- > 0; distance *= shape[j])
      operand.steps[output_.size() - shape.size() + j] = shape[j] == 1 ? 0 : distance;
  }
  for (const bool first : {true, false}) {
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      if (operands_[i].is_stretched == first) coming_.push_back(i);
    }
  }
}

void OperandOperator::take(std::int16_t word) {
  Operand& operand = operands_[coming_[turn_]];
  operand.held.push_back(word);
  const auto needed = operand.is_stretched ? static_cast<std::size_t>(operand.words) : 1;
  if (operand.held.size() == needed) ++turn_;
  if (turn_ < coming_.size()) return;
  // Every operand is here. Where none is as large as the output, that is all of the image.
  const bool all_stretched = operands_[coming_.back()].is_stretched;
  do {
    produce();
  } while (all_stretched && std::any_of(place_.begin(), place_.end(), [](auto i) { return i != 0; }));
  const bool image_ends = std::all_of(place_.begin(), place_.end(), [](auto i) { return i == 0; });
  turn_ = 0;
  for (const std::size_t i : coming_) {
    if (operands_[i].is_stretched && !image_ends) {
      ++turn_;
    } else {
      operands_[i].held.clear();
    }
  }
}

void OperandOperator::produce() {
  std::int32_t result = operands_[0].held[static_cast<std::size_t>(operands_[0].at)];
  for (std::size_t i = 1; i < operands_.size(); ++i)
    result = combined(result, operands_[i].held[static_cast<std::size_t>(operands_[i].at)]);
  finish(produced_++, result);
  for (std::size_t axis = place_.size(); axis-- > 0;) {
    const bool wraps = ++place_[axis] == output_[axis];
    for (Operand& operand : operands_)
      operand.at += wraps ? -operand.steps[axis] * (output_[axis] - 1) : operand.steps[axis];
    if (!wraps) return;
    place_[axis] = 0;
  }
}

std::int32_t OperandOperator::combined(std::int32_t a, std::int32_t b) const {
  const auto x = static_cast<std::uint32_t>(a), y = static_cast<std::uint32_t>(b);
  switch (function_) {
    case VectorFunction::max:
      return std::max(a, b);
    case VectorFunction::min:
      return std::min(a, b);
    case VectorFunction::subtract:
      return static_cast<std::int32_t>(x - y);
    case VectorFunction::multiply:
      return static_cast<std::int32_t>(x * y);
    default:
      return static_cast<std::int32_t>(x + y);
  }
}

}  // namespace weir
