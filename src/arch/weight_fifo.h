#pragma once

#include <cstdint>
#include <optional>
#include <systemc>

#include "arch/dram.h"
#include "arch/layer_context.h"

namespace weir::arch {

/// The FIFO through which stationary weights come from DRAM, fold by fold, ahead of the array. It holds as
/// many folds' weights as it has room for, and asks DRAM for the next when those of a fold have left
/// (docs/timing-model.md section 9).
class WeightFifo : public sc_core::sc_module {
 public:
  static constexpr std::int64_t kMostFolds = 64;  ///< ahead of the array

  sc_core::sc_port<DramInterface> dram;

  WeightFifo(const sc_core::sc_module_name& name, std::int64_t words);

  /// To be called from the thread that will call the others: asks for as many folds as there is room for.
  void begin_layer(const LayerContext& layer);
  /// When the weights of the next fold are here; waits for DRAM.
  Cycle ready();
  /// The weights of a fold have left, at `time`.
  void sent(Cycle time);

 private:
  void request(Cycle earliest);

  const std::int64_t words_;
  const LayerContext* layer_ = nullptr;
  std::optional<StepWalker> ahead_;
  bool more_ = false;
  sc_core::sc_fifo<Cycle> answers_;
};

}  // namespace weir::arch
