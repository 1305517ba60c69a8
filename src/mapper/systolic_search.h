#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mapper/cost.h"
#include "mapper/loop_orders.h"
#include "mapper/mapper.h"
#include "mapping/dataflow.h"
#include "mapping/systolic.h"

namespace weir {

/// The best mappings of a layer on a systolic array by one rule; none, and why, when it has none.
///
/// The array takes as many rows and columns as it has, and a stream as long as the buffer allows, since each
/// fold costs the same whatever it uses and sends all its words anew. What is searched is how many of these
/// folds make a tile of the buffer, and the order of the tiles.
class SystolicSearch {
 public:
  /// `product`: the lowered layer (workload/lowering.h). All arguments must outlive this.
  SystolicSearch(const Layer& product, const Accelerator& accelerator, const Dataflow& rule,
                 const MappingCost& cost, const MapperRequest& request);

  /// Throws config::InputError when the pins contradict the rule.
  SearchResult run();
  const std::string& why_none() const { return why_none_; }

 private:
  /// One dimension's loops.
  struct Bounds {
    std::int64_t array = 1;  ///< at pe_rows, pe_columns or pe
    std::int64_t buffer = 1;
    std::int64_t dram = 1;
  };
  struct Candidate {
    Mapping mapping;
    Score least;
  };

  void search_roles(const SystolicRoles& roles, bool keeps_weights);
  void choose_stream(const SystolicRoles& roles, PerDimension<Bounds>& bounds, bool keeps_weights);
  void add(const SystolicRoles& roles, const PerDimension<Bounds>& bounds, bool keeps_weights);
  /// What the pins or the rule say of a level's loop over d, if they leave no choice.
  std::optional<std::int64_t> fixed(Level level, Dimension d) const;
  /// The most that a level's loop over d may take of the layer; up to `most` where there is a choice.
  std::int64_t largest(Level level, Dimension d, std::int64_t most) const;
  /// The bounds of the loops outside the array, by rising tiles in the buffer.
  std::vector<Bounds> outside(Dimension d, std::int64_t array) const;
  bool fits(const PerDimension<Bounds>& bounds, bool keeps_weights);
  std::optional<std::int64_t> pinned(Level level, Dimension d) const;
  bool has_loop(Level level, Dimension d) const;
  void note(int stage, std::string why);

  const Layer& layer_;
  const Accelerator& accelerator_;
  const Dataflow& rule_;
  const MappingCost& cost_;
  const MapperRequest& request_;
  LoopOrders dram_, buffer_;
  std::vector<Candidate> candidates_;
  std::string why_none_;
  int stage_ = -1;  ///< how far the mapping came that why_none_ is about
};

}  // namespace weir
