// Does the reference convolution of layers and nothing else: `weir_bench_reference WORKLOAD BATCH GLOB`, with
// data of seed 1. The time of a simulation with data on is a multiple of this one's.
#include <fmt/format.h>
#include <fnmatch.h>

#include <cstdlib>
#include <ctime>
#include <exception>

#include "workload/data.h"
#include "workload/workload.h"

int main(int argc, char* argv[]) {
  if (argc != 4) {
    fmt::print(stderr, "usage: weir_bench_reference WORKLOAD.yaml BATCH GLOB\n");
    return 2;
  }
  try {
    const weir::Workload workload =
        weir::read_workload(weir::config::Node::load(argv[1]), std::strtoll(argv[2], nullptr, 10));
    double seconds = 0;
    std::int64_t macs = 0;
    std::uint32_t sum = 0;
    for (const weir::Layer& layer : workload.layers) {
      if (::fnmatch(argv[3], layer.name.c_str(), 0) != 0) continue;
      const weir::LayerData data = weir::generate_data(layer, 1, true);
      const std::clock_t begin = std::clock();
      for (const std::uint32_t word : weir::reference_convolution(layer, data)) sum += word;
      seconds += static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
      macs += layer.macs();
    }
    // The sum keeps the work from being left out.
    fmt::print("{{\"macs\": {}, \"seconds\": {:.6f}, \"sum\": {}}}\n", macs, seconds, sum);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
  return 0;
}
