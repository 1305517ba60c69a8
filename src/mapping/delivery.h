#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "mapping/array_shape.h"
#include "mapping/delivery_maker.h"

namespace weir {

/// Works out, step by step, who needs which word. What a PE holds is the tile of the last step in which it
/// was active. Each distinct situation is worked out once.
class DeliveryPlanner {
 public:
  /// `tensor` is ifmap or weight. `holds`: PEs keep words from step to step. `layer` must outlive this.
  DeliveryPlanner(Tensor tensor, const Layer& layer, std::int64_t pes, bool holds = true);

  /// The delivery of the next step: the array's tile and its shape. The reference stays valid.
  const Delivery& next(const Tile& tile, const ArrayShape& shape);

  /// What the active PEs of a shape hold, relative to a tile at `base`, in words for load(): equal words,
  /// equal deliveries from there on.
  void save(const Extents& base, const ArrayShape& shape, std::vector<std::int64_t>& state) const;
  /// Takes what save() wrote for another base; returns where it ends.
  const std::int64_t* load(const Extents& base, const ArrayShape& shape, const std::int64_t* state);
  /// Whether the active PEs of a shape hold just what they need at `base`.
  bool holds(const Extents& base, const ArrayShape& shape) const;

 private:
  /// What some PEs hold: the base and shape of the step in which they were last active.
  struct Held {
    Extents base;
    const ArrayShape* shape;
  };
  /// The same shape as in the step before, moved by an offset: the common situation, found without a
  /// description.
  struct Move {
    const ArrayShape* shape;
    Extents offset;
    const Delivery* delivery;
  };
  using Situation = std::vector<std::int64_t>;

  const Delivery& find(const Extents& base, const ArrayShape& shape);
  Situation describe(const Extents& base, const ArrayShape& shape) const;
  Delivery make(const Extents& base, const ArrayShape& shape);
  void hold(const Extents& base, const ArrayShape& shape);
  /// Drops what no PE holds any more.
  void forget_unused();
  Extents offset(const Extents& from, const Extents& to) const;

  Tensor tensor_;
  const Layer& layer_;
  bool holds_;
  DeliveryMaker maker_;
  std::vector<std::size_t> held_by_pe_;  ///< index into held_
  std::vector<Held> held_;               ///< the first stands for nothing held, the last for the step before
  std::vector<Move> moves_;
  std::map<Situation, std::unique_ptr<Delivery>> known_;
};

}  // namespace weir
