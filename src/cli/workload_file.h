#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/node.h"

namespace weir::cli {

/// How a model is imported; all options are of ONNX models.
struct ImportOptions {
  std::vector<std::string> dims;  ///< `name=extent`, of symbolic dimensions
  std::string batch;              ///< first extent of the inputs; empty: the model's, 1 where it has none
  bool strict = false;            ///< a node that is not understood is an error
  bool flatten_patches = false;   ///< convolutions whose windows stand side by side become matrix products
};

/// The workload file that scripts/import_model.py makes of a model: its text. What is not understood has been
/// told on stderr, and so has an error: then nothing is returned.
std::optional<std::string> import_model(const std::string& model, const ImportOptions& options);

/// The workload that --workload means: a file, a name in workloads/, or a model (.onnx, .csv, .m), which is
/// imported.
config::Node load_workload(const std::string& argument);

}  // namespace weir::cli
