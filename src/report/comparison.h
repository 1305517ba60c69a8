#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/quantities.h"

namespace weir::report {

/// A published number beside ours.
struct Comparison {
  std::string layer;  ///< or `total`
  const Quantity* quantity;
  std::string source;
  double published;  ///< not 0
  double ours = 0;
  std::optional<double> allowed_percent;  ///< without it the number is shown and not judged
  bool at_most = false;                   ///< ours may be lower by any amount

  double difference_percent() const { return 100 * (ours / published - 1); }
  bool outside() const;
};

/// Runs in the order that was published for a quantity of theirs, the least first.
struct Ranking {
  struct Entry {
    std::string name;
    double published;
    double ours;
  };
  const Quantity* quantity;
  std::string source;
  double least_times, most_times;  ///< what the others may be of the first
  std::vector<Entry> entries;

  double times(std::size_t entry) const { return entries[entry].ours / entries.front().ours; }
  double published_times(std::size_t entry) const {
    return entries[entry].published / entries.front().published;
  }
  /// Of an entry behind the first: less than the one before it, or not as many times the first as allowed.
  bool outside(std::size_t entry) const;
};

/// The comparisons of a file of validation/.
struct TitledComparisons {
  std::string title;
  std::vector<Comparison> comparisons;
  std::optional<Ranking> ranking = {};

  bool any_outside() const;
};

/// What `weir validate` prints: the comparisons under their titles and sources, and how many passed.
std::string comparison_table(const std::vector<TitledComparisons>& validations);
std::string comparison_json(const std::vector<TitledComparisons>& validations);

}  // namespace weir::report
