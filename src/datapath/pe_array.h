#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accelerator/accelerator.h"
#include "datapath/array.h"
#include "datapath/global_buffer.h"
#include "datapath/layer_values.h"
#include "datapath/multicast_network.h"
#include "datapath/processing_element.h"
#include "datapath/psum_network.h"
#include "mapping/delivery.h"

namespace weir::datapath {

/// The PEs with the networks that feed them: values go through them step by step, or, where windows follow
/// one another, many steps at once.
class PeArray final : public Array {
 public:
  PeArray(LayerValues& layer, GlobalBuffer& buffer, const Accelerator& accelerator);

  void run_tile() override;

 private:
  /// A step by itself; it ends a visit if the next one is at other psums.
  void run_window(const Tile& tile, const ArrayShape& shape, bool ends_visit);
  /// The windows of a run at once, the first one at `tile`.
  void run_windows(const Tile& tile, const ArrayShape& shape, std::int64_t windows);
  void deliver(const Tile& tile, const ArrayShape& shape);
  /// The same for the windows of a run.
  void deliver_run(const Tile& tile, const ArrayShape& shape, std::int64_t windows);
  void compute_run(const Tile& tile, const ArrayShape& shape, std::int64_t windows);
  void compute(const Tile& tile, const ArrayShape& shape);
  /// The psums of a visit: in from the buffer, up the chains, and out again.
  void end_visit(const Tile& tile, const ArrayShape& shape);
  BoxLayout weight_layout() const;
  ProcessingElement& pe(std::int64_t number) { return pes_[static_cast<std::size_t>(number)]; }

  LayerValues& layer_;
  GlobalBuffer& buffer_;
  const Accelerator& spec_;
  std::vector<ProcessingElement> pes_;  ///< that the mapping uses
  MulticastNetwork ifmap_network_;
  MulticastNetwork weight_network_;

  StepWalker walker_;
  DeliveryPlanner ifmap_planner_;
  DeliveryPlanner weight_planner_;
  std::optional<Tile> visit_tile_;  ///< of the visit's first step
  const ArrayShape* visit_shape_ = nullptr;
  std::vector<std::int16_t*> ifmap_rfs_, weight_rfs_;  ///< the PEs' values, by PE
  std::vector<std::uint32_t> burst_;
  StreamLayout stream_layout_;
};

}  // namespace weir::datapath
