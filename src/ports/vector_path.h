#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "accelerator/accelerator.h"
#include "ports/cycle_clock.h"
#include "stats/layer_stats.h"
#include "vector_unit/operator.h"
#include "vector_unit/word_stream.h"
#include "workload/data.h"
#include "workload/layer.h"

namespace weir::ports {

/// The way of memory-bound layers: words from DRAM through the buffer into the vector unit, outputs back. The
/// array stands still. The buffer's tiles are not told apart: no time depends on them.
class VectorPath : public sc_core::sc_module, private OutputSink {
 public:
  SC_HAS_PROCESS(VectorPath);

  CycleClock clock;

  VectorPath(const sc_core::sc_module_name& name, const Accelerator& accelerator);

  /// Executes a layer on these operands; the statistics but for verification.
  stats::LayerStats run(const Layer& layer, const LayerData& data, Overlap overlap);
  const std::vector<std::uint32_t>& outputs() const { return outputs_; }
  void trace(sc_core::sc_trace_file* file) const override;

 private:
  /// Words of one direction on DRAM's link.
  struct Direction {
    std::int64_t words = 0, moved = 0, cycles = 0, waited = 0;
    bool is_done() const { return moved == words; }
  };

  void run_cycle();
  void stream();
  void take_turns();
  bool move_words(Direction& direction);
  void operate();
  bool has_operated() const { return operations_done_ >= layer_->vector_work.operations; }
  void write(std::int64_t place, std::uint32_t word) override { finished_.push_back({place, word}); }
  stats::LayerStats statistics() const;

  struct Output {
    std::int64_t place;
    std::uint32_t word;
  };

  const Accelerator& accelerator_;
  sc_core::sc_signal<bool> work_, send_;
  sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS> layer_done_;
  const Layer* layer_ = nullptr;
  const LayerData* data_ = nullptr;
  Overlap overlap_ = Overlap::processing;
  std::optional<WordStream> words_;  ///< of a layer with values
  std::unique_ptr<VectorOperator> unit_;
  std::deque<Output> finished_;  ///< in the buffer
  std::vector<std::uint32_t> outputs_;
  Direction in_, out_;
  std::int64_t operations_done_ = 0, operating_cycles_ = 0;
  bool link_is_busy_ = false, unit_is_busy_ = false;
};

}  // namespace weir::ports
