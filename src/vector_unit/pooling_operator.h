#pragma once

#include <cstdint>
#include <vector>

#include "vector_unit/operator.h"

namespace weir {

/// Pooling: a word goes into every window that it is in; a window's sum (or maximum) so far stays in the unit
/// until its last word has come.
class PoolingOperator : public VectorOperator {
 public:
  PoolingOperator(const VectorValues& values, OutputSink& sink);
  void take(std::int16_t word) override;

 private:
  /// The windows along one direction, by the place of the input word that comes.
  struct Windows {
    Windows(std::int64_t length, std::int64_t before, std::int64_t behind, std::int64_t outputs,
            std::int64_t taps, std::int64_t stride, std::int64_t dilation, bool counts_padding);
    std::vector<std::vector<std::int64_t>> taken_by;   ///< the windows that the word is in
    std::vector<std::vector<std::int64_t>> closed_by;  ///< those that it is the last word of
    std::vector<std::int64_t> words;                   ///< by window: what an average is divided by
  };

  /// What a window has met so far.
  struct Partial {
    std::uint32_t value = 0;
    bool is_empty = true;
  };

  void add(Partial& partial, std::int16_t word) const;
  std::int32_t result(const Partial& partial, std::int64_t words) const;

  VectorFunction function_;
  Windows down_, across_;
  std::int64_t rows_ = 0, columns_ = 0, outputs_across_ = 0, outputs_ = 0;
  std::int64_t row_ = 0, column_ = 0;
  std::int64_t first_output_ = 0;  ///< of the plane
  std::vector<Partial> partials_;  ///< of the plane's windows
};

}  // namespace weir
