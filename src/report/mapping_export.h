#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accelerator/accelerator.h"
#include "mapping/mapping.h"
#include "workload/layer.h"

namespace weir::report {

/// A layer as its mapping is about it (mapped_layer()), and the mapping.
struct MappedLayer {
  Layer layer;
  Mapping mapping;
};

/// Mappings in another tool's words.
struct ExportedMappings {
  std::vector<std::pair<std::string, std::string>> files;  ///< name, text; of one file the name is empty
  std::vector<std::string> lost;                           ///< what those words cannot say, a sentence each
};

struct MappingExporter {
  std::string_view name;
  bool makes_folder;  ///< of a file for each layer; else one file with all
  ExportedMappings (*write)(const std::vector<MappedLayer>&, const Accelerator&);
};

/// All that there are: a file each, and a line in mapping_export.cpp.
std::span<const MappingExporter> mapping_exporters();

/// What a mapping comes to, that exporters share.

/// Loops of more than one iteration, where neighbours over the same dimension are one.
std::vector<Loop> joined(const std::vector<Loop>& loops);
/// The same with all loops over a dimension at the place of the outermost, and whether the order changed.
std::pair<std::vector<Loop>, bool> gathered(const std::vector<Loop>& loops);
/// What is lost of a machine for tools that know loops and capacities only.
std::vector<std::string> lost_of_machine(const Accelerator& accelerator);
/// Names for a sentence: the first few, and how many more.
std::string names_of(const std::vector<std::string>& layers);

}  // namespace weir::report
