#include "vector_unit/placing_operator.h"

namespace weir {
namespace {

/// By axis, the distance of neighbouring words of a tensor.
std::vector<std::int64_t> strides_of(const TensorShape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

}  // namespace

PlacingOperator::PlacingOperator(const VectorValues& values, OutputSink& sink)
    : VectorOperator(values, sink) {
  std::int64_t on_axis = 0;  // of the operands before, where they are put side by side
  for (std::size_t i = 0; i < values.inputs.size(); ++i) {
    Walk& walk = walks_.emplace_back(walk_of(values, i));
    if (values.function != VectorFunction::concat) continue;
    walk.first = on_axis * strides_of(values.output)[values.axis];
    on_axis += values.inputs[i][values.axis];
  }
  place_.assign(walks_.front().extents.size(), 0);
  to_ = walks_.front().first;
}

PlacingOperator::Walk PlacingOperator::walk_of(const VectorValues& values, std::size_t operand) const {
  const std::int64_t image = words_of(values.output);
  const std::vector<std::int64_t> strides = strides_of(values.output);
  const TensorShape& shape = values.inputs[operand];
  Walk walk{0, {values.images}, {image}, {1}, {image}};
  const auto add = [&](std::int64_t extent, std::int64_t step, std::int64_t copies) {
    walk.extents.push_back(extent);
    walk.steps.push_back(step * copies);
    walk.copies.push_back(copies);
    walk.strides.push_back(step);
  };
  switch (values.function) {
    case VectorFunction::concat:
      for (std::size_t i = 0; i < shape.size(); ++i) add(shape[i], strides[i], 1);
      break;
    case VectorFunction::repeat:
      for (std::size_t i = 0; i < shape.size(); ++i) add(shape[i], strides[i], values.output[i] / shape[i]);
      break;
    case VectorFunction::transpose:
      for (std::size_t from = 0; from < shape.size(); ++from) {
        std::size_t axis = 0;
        while (static_cast<std::size_t>(values.order[axis]) != from) ++axis;
        add(shape[from], strides[axis], 1);
      }
      break;
    default:  // of a slice only its own words come
      add(image, 1, 1);
      break;
  }
  return walk;
}

void PlacingOperator::take(std::int16_t word) {
  write(0, to_, word);
  const Walk& walk = walks_[walk_];
  for (std::size_t axis = place_.size(); axis-- > 0;) {
    to_ += walk.steps[axis];
    if (++place_[axis] < walk.extents[axis]) return;
    to_ -= walk.steps[axis] * walk.extents[axis];
    place_[axis] = 0;
  }
  if (++walk_ < walks_.size()) to_ = walks_[walk_].first;
}

void PlacingOperator::write(std::size_t axis, std::int64_t place, std::int16_t word) {
  const Walk& walk = walks_[walk_];
  while (axis < walk.copies.size() && walk.copies[axis] == 1) ++axis;
  if (axis == walk.copies.size()) return finish(place, word);
  for (std::int64_t i = 0; i < walk.copies[axis]; ++i) write(axis + 1, place + i * walk.strides[axis], word);
}

}  // namespace weir
