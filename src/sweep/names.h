#pragma once

#include <cstdint>

#include "accelerator/accelerator.h"
#include "config/node.h"
#include "sweep/expression.h"

namespace weir::sweep {

/// A machine that formulas are about. What is referred to must live as long as the names.
struct NamedMachine {
  const config::Node& file;      ///< with a point's values
  const config::Node& original;  ///< without them
  const Accelerator& accelerator;
  std::int64_t batch = 1;
};

/// What expressions may use: every number of the accelerator by its path; the same of the original file
/// under `file.`; `pes`, `global_buffer_kb` (with the prefetch banks), `register_file_kb` (of all PEs) and
/// `total_sram_kb` (their sum), in 1,024 bytes; `batch`.
Names names_of(const NamedMachine& machine);

}  // namespace weir::sweep
