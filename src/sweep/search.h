#pragma once

#include <memory>
#include <optional>
#include <string>

#include "mapping/mapping.h"
#include "sweep/point.h"

namespace weir::sweep {

/// The search of the best mapping of a layer of a point: what it depends on and nothing else, so that points
/// that differ in other things share it.
class LayerSearch {
 public:
  LayerSearch(const DesignPoint& point, std::size_t layer);

  /// Equal for searches that find the same.
  Key key() const;

  /// What was found: a mapping, or why there is none.
  struct Found {
    std::optional<Mapping> mapping;
    std::string refusal;
  };
  Found run() const;

 private:
  Layer layer_;
  Accelerator accelerator_;
  std::shared_ptr<const Resolved<energy::EnergyTable>> table_;
  std::shared_ptr<const Resolved<Dataflow>> dataflow_;
  Objective objective_;
  Overlap overlap_;
};

/// A mapping as JSON, by level as in a mapping file, and back.
std::string mapping_json(const Mapping& mapping);
Mapping mapping_of(const std::string& json);

}  // namespace weir::sweep
