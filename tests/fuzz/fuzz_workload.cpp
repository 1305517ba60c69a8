#include "fuzz/harness.h"
#include "workload/workload.h"

void weir::fuzz::read(const std::string& text) {
  const auto file = config::Node::parse(text, kFile);
  for (const std::int64_t batch : {1, 65536}) {
    for (const Layer& layer : read_workload(file, batch).layers) {
      require(layer.is_memory_bound() || layer.macs() > 0, "a layer without work");
      for (const std::int64_t bound : layer.bounds.values) require(bound > 0, "a loop without iterations");
      require(layer.vector_work.words_in >= 0 && layer.vector_work.words_out >= 0 &&
                  layer.vector_work.operations >= 0,
              "words or operations that overflow");
    }
  }
}
