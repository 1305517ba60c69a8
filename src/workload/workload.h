#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/node.h"
#include "workload/layer.h"

namespace weir {

/// What an import could not make layers of.
struct Missing {
  std::int64_t nodes = 0;
  std::int64_t mac_nodes = 0;     ///< of them those with multiply-accumulates
  std::int64_t of_mac_nodes = 0;  ///< these of the whole model
  std::int64_t known_macs = 0;    ///< of those whose shapes are known, with the batch
  std::vector<std::string> causes;
};

/// A network: its layers in order.
struct Workload {
  std::string name;
  std::vector<Layer> layers;
  Missing missing;
};

/// What is not in the workload, with its share of the MACs as far as they are known; empty if nothing is.
std::string missing_text(const Workload& workload);

/// Reads a workload file (docs/file-formats.md). Conv and FC layers get `batch` images, times their own
/// batch, as bound N; matrix products as groups. Throws config::InputError; the layers' products of bounds
/// add up to less than 2^60. `batch` is 1 or more.
Workload read_workload(const config::Node& root, std::int64_t batch);

}  // namespace weir
