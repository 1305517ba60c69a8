#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/metrics.h"

namespace weir::report {

/// A number as papers publish it.
struct Quantity {
  std::string_view name;
  std::string_view unit;
  std::optional<Overlap> overlap;  ///< the only kind of run that it can be taken from
  double (*of)(const Metrics& metrics, const Accelerator& accelerator);
};

/// nullptr when there is none of this name.
const Quantity* find_quantity(std::string_view name);
std::vector<std::string> quantity_names();

}  // namespace weir::report
