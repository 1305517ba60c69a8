#pragma once

#include "accelerator/accelerator.h"
#include "config/table.h"

namespace weir {

/// All keys of an accelerator file; docs/file-formats.md has them as this table says them.
const config::Table<Accelerator>& accelerator_table();

}  // namespace weir
