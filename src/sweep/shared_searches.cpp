#include "sweep/shared_searches.h"

#include <unordered_map>

#include "sweep/search.h"

namespace weir::sweep {

SharedSearches::SharedSearches(const std::vector<DesignPoint>& points, const std::vector<Task>& tasks,
                               const std::vector<std::size_t>& todo)
    : search_of_(tasks.size(), 0), known_(1) {
  struct First {
    std::size_t task, search;
  };
  std::unordered_map<Key, First, HashKey> first_of;
  std::vector<std::size_t> others;
  for (const std::size_t task : todo) {
    const DesignPoint& point = points[tasks[task].point];
    const std::size_t layer = tasks[task].layer;
    if (point.workload->value.layers[layer].is_memory_bound()) {  // searches nothing
      order_.push_back(task);
      continue;
    }
    const auto [found, is_new] = first_of.try_emplace(LayerSearch(point, layer).key(), First{task, 0});
    if (is_new) {
      order_.push_back(task);
      continue;
    }
    First& first = found->second;
    if (first.search == 0) {
      first.search = known_.size();
      known_.emplace_back();
      search_of_[first.task] = first.search;
    }
    search_of_[task] = first.search;
    others.push_back(task);
  }
  order_.insert(order_.end(), others.begin(), others.end());
}

std::string SharedSearches::known(std::size_t task) const { return known_[search_of_[task]]; }

void SharedSearches::learn(std::size_t task, const LayerOutcome& outcome) {
  const std::size_t search = search_of_[task];
  if (search != 0 && known_[search].empty()) known_[search] = known_from(outcome);
}

}  // namespace weir::sweep
