#include "fuzz/harness.h"
#include "mapping/dataflow.h"

void weir::fuzz::read(const std::string& text) {
  const Dataflow dataflow = read_dataflow(config::Node::parse(text, kFile));
  require(!dataflow.weights_in_global_buffer.empty(), "a dataflow that keeps weights nowhere");
}
