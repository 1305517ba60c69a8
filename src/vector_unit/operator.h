#pragma once

#include <cstdint>
#include <memory>

#include "workload/vector_work.h"

namespace weir {

/// Where the vector unit writes what it has finished.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  /// `place`: of the word in the output [images][extents].
  virtual void write(std::int64_t place, std::uint32_t word) = 0;
};

/// What the vector unit does in a layer: takes the words in the order of WordStream, each once, keeps what
/// later words need, and writes each output once, when its last word has come.
class VectorOperator {
 public:
  VectorOperator(const VectorValues& values, OutputSink& sink)
      : sink_(sink), relu_(values.then_relu || values.function == VectorFunction::relu) {}
  virtual ~VectorOperator() = default;
  virtual void take(std::int16_t word) = 0;

 protected:
  void finish(std::int64_t place, std::int32_t word) {
    sink_.write(place, static_cast<std::uint32_t>(relu_ && word < 0 ? 0 : word));
  }

 private:
  OutputSink& sink_;
  bool relu_;
};

/// The operator of a layer that has a function; `values` and `sink` must outlive it.
std::unique_ptr<VectorOperator> make_operator(const VectorValues& values, OutputSink& sink);

}  // namespace weir
