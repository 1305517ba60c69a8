#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "workload/vector_work.h"

namespace weir {

/// In which order the words of a layer's operands come to the vector unit (docs/timing-model.md section 9):
/// operand after operand as stored; of a slice only its own; the operands of an addition and the like word
/// beside word, image by image, those that are stretched before the others.
class WordStream {
 public:
  explicit WordStream(const VectorValues& values);

  bool done() const { return left_ == 0; }
  /// The next word's place among all operands' words, operand after operand. Not when done.
  std::int64_t next();

 private:
  enum class Order : std::uint8_t { stored, sliced, side_by_side };

  std::int64_t next_of_slice();
  std::int64_t next_side_by_side();

  const VectorValues& values_;
  Order order_ = Order::stored;
  std::int64_t left_ = 0;
  std::int64_t next_ = 0;
  TensorShape place_;                   ///< in the slice
  std::vector<std::int64_t> position_;  ///< by operand: its next word
  std::vector<std::int64_t> words_;     ///< by operand: of an image
  std::vector<bool> stretched_;         ///< by operand: whether it has fewer words than the output
  std::size_t operand_ = 0;
  std::int64_t of_image_ = 0;  ///< words of this image that are still to come
};

/// Whether each operand has fewer words than the output.
std::vector<bool> stretched_operands(const VectorValues& values);

}  // namespace weir
