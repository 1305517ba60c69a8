#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vector_unit/operator.h"

namespace weir {

/// Copies, concatenations and functions of one word: each word that comes goes to one place of the output or
/// to several, and nothing stays in the unit.
class PlacingOperator : public VectorOperator {
 public:
  PlacingOperator(const VectorValues& values, OutputSink& sink);
  void take(std::int16_t word) override;

 private:
  /// The walk through an operand's words, and where they go meanwhile.
  struct Walk {
    std::int64_t first = 0;             ///< where the first word goes
    TensorShape extents;                ///< images first
    std::vector<std::int64_t> steps;    ///< by axis: how far away the next word along it goes
    std::vector<std::int64_t> copies;   ///< by axis: how many times a word stands there, one beside the other
    std::vector<std::int64_t> strides;  ///< by axis: of the output, between these copies
  };

  Walk walk_of(const VectorValues& values, std::size_t operand) const;
  void write(std::size_t axis, std::int64_t place, std::int16_t word);

  std::vector<Walk> walks_;
  std::size_t walk_ = 0;
  TensorShape place_;
  std::int64_t to_ = 0;
};

}  // namespace weir
