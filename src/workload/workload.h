#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/node.h"
#include "workload/layer.h"

namespace weir {

/// A network: its layers in order.
struct Workload {
  std::string name;
  std::vector<Layer> layers;
};

/// Reads a workload file (docs/file-formats.md). Conv and FC layers get `batch` images, times their own
/// batch, as bound N; matrix products as groups. Throws config::InputError; the layers' products of bounds
/// add up to less than 2^60. `batch` is 1 or more.
Workload read_workload(const config::Node& root, std::int64_t batch);

}  // namespace weir
