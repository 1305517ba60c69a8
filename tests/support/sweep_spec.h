#pragma once

#include <string>
#include <vector>

#include "support/shipped.h"
#include "sweep/point.h"

namespace weir::test {

/// A sweep of AlexNet on Eyeriss, with more lines of its `base` and its axes.
inline sweep::SweepSpec eyeriss_sweep(const std::string& more) {
  return sweep::read_sweep(config::Node::parse(
      "sweep: s\nbase:\n  accelerator: " + kRoot + "/configs/eyeriss.yaml\n  workload: " + kRoot +
          "/workloads/alexnet.yaml\n  dataflow: row-stationary\n" + more,
      "s.yaml"));
}

}  // namespace weir::test
