#pragma once

#include "config/key.h"

namespace weir {

/// The keys of a mapping file, of a layer's mapping, and of `keep`.
const std::vector<config::Key>& mapping_keys();
const std::vector<config::Key>& layer_mapping_keys();
const std::vector<config::Key>& keep_keys();

/// The keys of a dataflow file, of one of its `rules`, and of `keep`.
const std::vector<config::Key>& dataflow_keys();
const std::vector<config::Key>& rule_keys();
const std::vector<config::Key>& dataflow_keep_keys();

}  // namespace weir
