#include "accelerator/accelerator.h"

#include <algorithm>

#include "accelerator/keys.h"

namespace weir {
namespace {

using config::Node;

void check_padding_macs(const Accelerator& accelerator, const Node& root) {
  if (accelerator.pe.padding_macs == PaddingMacs::performed) return;
  const Node node = *root.find("pe.padding_macs");
  if (accelerator.systolic())
    node.fail("padding_macs is skipped in a systolic array, which no PE can; allowed is performed");
  if (accelerator.pe.last_sum == LastSum::direct)
    node.fail("padding_macs is skipped where the last MAC's sum leaves directly; allowed is performed");
}

void check_bypasses(const Accelerator& accelerator, const Node& root) {
  const GlobalBufferSpec& buffer = accelerator.global_buffer;
  if (!buffer.psum_bypasses) return;
  const auto tensors = root.find("global_buffer.bypassed_by")->list();
  const auto psum =
      std::find_if(tensors.begin(), tensors.end(), [](const Node& t) { return t.text() == "psum"; });
  if (buffer.last_sum == LastSum::stored)
    psum->fail("psums go past a buffer that stores the last sum; allowed is this with last_sum: direct");
  if (accelerator.networks.psum_ports.reads_initial)
    root.find("networks")
        ->fail("initial_psums are read from a buffer that psums go past; allowed is initial_psums: zero");
}

void check_padding(const Accelerator& accelerator, const Node& root) {
  if (accelerator.global_buffer.padding == PaddingZeros::stored) return;
  const Node node = *root.find("global_buffer.padding");
  if (accelerator.systolic())
    node.fail("padding is made for a systolic array, whose DRAM holds the lowered ifmap; allowed is stored");
  if (accelerator.global_buffer.ifmap_bypasses)
    node.fail("padding is made where the buffer is filled, which the ifmap goes past; allowed is stored");
}

}  // namespace

Accelerator read_accelerator(const Node& root) {
  Accelerator accelerator;
  accelerator_table().read(root, accelerator);
  check_padding_macs(accelerator, root);
  check_bypasses(accelerator, root);
  check_padding(accelerator, root);
  return accelerator;
}

void check_overlap(const Accelerator& accelerator, Overlap overlap, const Node& file) {
  if (overlap == Overlap::processing || !accelerator.global_buffer.ifmap_bypasses) return;
  file.fail(
      "overlap is total, which has no time for an ifmap that goes past the buffer; allowed is processing");
}

}  // namespace weir
