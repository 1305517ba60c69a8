#pragma once

#include <stdexcept>
#include <string>

#include "energy/energy_table.h"
#include "workload/workload.h"

namespace weir::test {

/// The folder of the sources, with what is shipped.
inline const std::string kRoot = WEIR_SOURCE_DIR;

/// A YAML file of the project.
inline config::Node shipped(const std::string& path) {
  return config::Node::load(WEIR_SOURCE_DIR "/" + path);
}

/// Prices that do not depend on the machine.
inline energy::EnergyTable eyeriss_prices() {
  return energy::read_energy_table(shipped("configs/energy/eyeriss-normalized.yaml"), {});
}

inline const Layer& layer_of(const Workload& workload, const std::string& name) {
  for (const Layer& layer : workload.layers) {
    if (layer.name == name) return layer;
  }
  throw std::out_of_range(name);
}

}  // namespace weir::test
