#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vector_unit/operator.h"

namespace weir {

/// Additions and the like: one output for each place at which a word of every operand has come. Operands that
/// are stretched come before the others and stay in the unit for the rest of the image.
class OperandOperator : public VectorOperator {
 public:
  OperandOperator(const VectorValues& values, OutputSink& sink);
  void take(std::int16_t word) override;

 private:
  struct Operand {
    bool is_stretched = false;
    std::int64_t words = 0;          ///< of an image
    std::vector<std::int16_t> held;  ///< of this image, as many as the unit needs at once
    std::vector<std::int64_t>
        steps;            ///< by axis of the output: distance of its words there, 0: the same word
    std::int64_t at = 0;  ///< of the word for the present output
  };

  /// The output at the present place, and on to the next.
  void produce();
  std::int32_t combined(std::int32_t a, std::int32_t b) const;

  VectorFunction function_;
  TensorShape output_;
  std::vector<Operand> operands_;
  std::vector<std::size_t> coming_;  ///< operands in the order in which their words come
  std::size_t turn_ = 0;
  TensorShape place_;
  std::int64_t produced_ = 0;
};

}  // namespace weir
