#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "accelerator/accelerator.h"
#include "vector_unit/operator.h"
#include "vector_unit/word_stream.h"
#include "workload/data.h"
#include "workload/layer.h"

namespace weir::datapath {

/// The words of a memory-bound layer on their way: from DRAM into a tile in the global buffer, each from
/// there into the vector unit, finished outputs into a tile in the buffer, and from there back to DRAM
/// (docs/timing-model.md section 9).
class VectorUnit : private OutputSink {
 public:
  /// `layer` and `dram`, its operands, must outlive this.
  VectorUnit(const Layer& layer, const GlobalBufferSpec& buffer, const LayerData& dram);

  /// Moves everything; `progress` is told the fraction done. Throws std::logic_error when other words move
  /// than the layer has.
  void run(const std::function<void(double)>& progress);
  /// What is in DRAM then: [images][extents].
  const std::vector<std::uint32_t>& outputs() const { return outputs_; }

 private:
  struct OutputWord {
    std::int64_t place;
    std::uint32_t word;
  };

  void load();
  void write(std::int64_t place, std::uint32_t word) override;
  void drain();

  const Layer& layer_;
  const LayerData& dram_;
  std::size_t tile_words_;  ///< room of the buffer for operands, and as much for outputs
  WordStream stream_;
  std::unique_ptr<VectorOperator> unit_;
  std::vector<std::int16_t> operands_;  ///< the tile in the buffer
  std::vector<OutputWord> finished_;    ///< the other
  std::vector<std::uint32_t> outputs_;  ///< in DRAM
  std::int64_t loaded_ = 0, drained_ = 0;
};

}  // namespace weir::datapath
