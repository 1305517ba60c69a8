#pragma once

#include <string>

#include "workload/workload.h"

namespace weir::test {

/// The layer of a workload's line, such as `{name: a, kind: pool, ...}`, in the third line from column 5 on.
inline Layer one_layer(const std::string& line, std::int64_t batch = 1) {
  const std::string text = "workload: w\nlayers:\n  - " + line + "\n";
  return read_workload(config::Node::parse(text, "w.yaml"), batch).layers.at(0);
}

}  // namespace weir::test
