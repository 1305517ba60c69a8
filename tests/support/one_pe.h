#pragma once

#include "accelerator/accelerator.h"

namespace weir::test {

/// A machine of one PE whose links send a word a cycle and whose psum port holds one word: cycles can be
/// counted by hand.
inline Accelerator one_pe(const ProcessingElementSpec& pe, const GlobalBufferSpec& buffer) {
  Accelerator accelerator;
  accelerator.name = "one-pe";
  accelerator.clock_mhz = 200;
  accelerator.word_bits = 16;
  accelerator.rows = accelerator.columns = 1;
  accelerator.pe = pe;
  accelerator.networks.psum_ports = {1, true};
  accelerator.global_buffer = buffer;
  accelerator.dram = {1000, 0};
  return accelerator;
}

}  // namespace weir::test
