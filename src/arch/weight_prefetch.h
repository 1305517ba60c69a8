#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <systemc>

#include "arch/dram.h"
#include "arch/layer_context.h"
#include "mapping/delivery.h"

namespace weir::arch {

/// The banks that hold the next pass's weights. They walk the nest ahead of the array to know what comes, and
/// ask DRAM for it as soon as the weights before have left (docs/timing-model.md section 7). Where the
/// mapping keeps weights in the global buffer, they pass from there and nothing is asked for.
class WeightPrefetch : public sc_core::sc_module {
 public:
  sc_core::sc_port<DramInterface> dram;

  WeightPrefetch(const sc_core::sc_module_name& name, std::int64_t pes);

  /// To be called from the thread that will call the others.
  void begin_layer(LayerContext& layer);

  /// The delivery of this step, or nothing when no PE needs or gives up a weight in it. Steps come in order.
  const Delivery* delivery_of(std::int64_t step);
  /// From when on the words of the delivery last returned are here; waits for DRAM.
  Cycle ready();
  /// The delivery last returned has left, at `time`.
  void sent(Cycle time);

 private:
  struct Coming {
    std::int64_t step;
    const Delivery* delivery;
  };
  /// Looks ahead until a delivery with words is known, and asks for it.
  void look_ahead(Cycle earliest);

  const std::int64_t pes_;
  LayerContext* layer_ = nullptr;
  std::optional<StepWalker> ahead_;
  std::optional<DeliveryPlanner> planner_;
  bool more_ = false;
  std::deque<Coming> coming_;
  sc_core::sc_fifo<Cycle> answers_;
};

}  // namespace weir::arch
