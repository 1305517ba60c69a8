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

  double difference_percent() const { return 100 * (ours / published - 1); }
  bool outside() const;
};

/// What `weir validate` prints: the comparisons under their sources, and how many passed.
std::string comparison_table(const std::string& title, const std::vector<Comparison>& comparisons);
std::string comparison_json(const std::string& title, const std::vector<Comparison>& comparisons);

}  // namespace weir::report
