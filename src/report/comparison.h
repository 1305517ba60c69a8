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

/// The comparisons of a file of validation/.
struct TitledComparisons {
  std::string title;
  std::vector<Comparison> comparisons;

  bool any_outside() const;
};

/// What `weir validate` prints: the comparisons under their titles and sources, and how many passed.
std::string comparison_table(const std::vector<TitledComparisons>& validations);
std::string comparison_json(const std::vector<TitledComparisons>& validations);

}  // namespace weir::report
