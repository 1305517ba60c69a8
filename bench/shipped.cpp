#include "shipped.h"

namespace weir::bench {
namespace {

config::Node load(const std::string& path) { return config::Node::load(WEIR_SOURCE_DIR "/" + path); }

}  // namespace

const Shipped& shipped() {
  constexpr std::int64_t kBatch = 4;
  const std::string folder = "dataflows/row-stationary/";
  static const Shipped inputs = [&] {
    const Accelerator eyeriss = read_accelerator(load("configs/eyeriss.yaml"));
    return Shipped{eyeriss, read_workload(load("workloads/alexnet.yaml"), kBatch),
                   energy::read_energy_table(load("configs/energy/eyeriss-normalized.yaml"), eyeriss),
                   read_dataflow(load(folder + "dataflow.yaml")),
                   read_mappings(load(folder + "mappings/eyeriss/alexnet.yaml"))};
  }();
  return inputs;
}

}  // namespace weir::bench
