#include "vector_unit/word_stream.h"

#include <numeric>

namespace weir {

std::vector<bool> stretched_operands(const VectorValues& values) {
  std::vector<bool> stretched;
  for (const TensorShape& shape : values.inputs)
    stretched.push_back(words_of(shape) < words_of(values.output));
  return stretched;
}

WordStream::WordStream(const VectorValues& values) : values_(values) {
  std::int64_t first = 0;
  for (const TensorShape& shape : values.inputs) {
    words_.push_back(words_of(shape));
    position_.push_back(first);
    first += words_.back() * values.images;
  }
  left_ = first;
  if (values.function == VectorFunction::slice) {
    order_ = Order::sliced;
    left_ = words_of(values.output) * values.images;
    place_.assign(values.output.size(), 0);
  } else if (values.inputs.size() > 1 && values.function != VectorFunction::concat) {
    order_ = Order::side_by_side;
    stretched_ = stretched_operands(values);
  }
}

std::int64_t WordStream::next() {
  --left_;
  if (order_ == Order::sliced) return next_of_slice();
  if (order_ == Order::side_by_side) return next_side_by_side();
  return next_++;
}

std::int64_t WordStream::next_of_slice() {
  const TensorShape& input = values_.inputs.front();
  std::int64_t address = 0;
  for (std::size_t i = 0; i < place_.size(); ++i)
    address = address * input[i] + values_.begin[i] + place_[i] * values_.step[i];
  address += next_;
  std::size_t axis = place_.size();
  while (axis > 0 && ++place_[axis - 1] == values_.output[axis - 1]) place_[--axis] = 0;
  if (axis == 0) next_ += words_.front();  // the next image
  return address;
}

std::int64_t WordStream::next_side_by_side() {
  if (of_image_ == 0) {
    of_image_ = std::accumulate(words_.begin(), words_.end(), std::int64_t{0});
    next_ = 0;
    operand_ = 0;
  }
  --of_image_;
  // First all words of the stretched ones, `next_` of the present one; then one of each of the others.
  for (; operand_ < words_.size(); ++operand_, next_ = 0) {
    if (!stretched_[operand_]) continue;
    if (next_++ < words_[operand_]) return position_[operand_]++;
  }
  while (stretched_[operand_ % words_.size()]) ++operand_;
  return position_[operand_++ % words_.size()]++;
}

}  // namespace weir
