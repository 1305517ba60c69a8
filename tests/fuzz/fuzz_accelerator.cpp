#include "accelerator/accelerator.h"
#include "fuzz/harness.h"

void weir::fuzz::read(const std::string& text) {
  const auto file = config::Node::parse(text, kFile);
  const Accelerator accelerator = read_accelerator(file);
  require(accelerator.pes() > 0, "an accelerator without PEs");
  require(accelerator.dram.transfer_cycles(1) > 0, "a DRAM that takes no time");
  // What --print-config shows is read as the same.
  const auto shown = config::Node::parse(file.dump(), kFile);
  require(shown.dump() == file.dump(), "a file that is not what it is shown as");
  read_accelerator(shown);
  check_overlap(accelerator, Overlap::total, file);
}
