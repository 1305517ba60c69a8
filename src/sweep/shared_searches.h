#pragma once

#include <string>
#include <vector>

#include "sweep/evaluate.h"
#include "sweep/task.h"

namespace weir::sweep {

/// What some tasks have found out for others whose search is the same.
class SharedSearches {
 public:
  /// For the tasks `todo` of `tasks`.
  SharedSearches(const std::vector<DesignPoint>& points, const std::vector<Task>& tasks,
                 const std::vector<std::size_t>& todo);

  /// `todo` in an order in which one task of each search comes before all others of it; else as it was.
  const std::vector<std::size_t>& order() const { return order_; }
  /// What evaluate_layer() may be told of a task's search; empty when nothing is known.
  std::string known(std::size_t task) const;
  void learn(std::size_t task, const LayerOutcome& outcome);

 private:
  std::vector<std::size_t> search_of_;  ///< of each task; 0 is a search of its own
  std::vector<std::string> known_;
  std::vector<std::size_t> order_;
};

}  // namespace weir::sweep
