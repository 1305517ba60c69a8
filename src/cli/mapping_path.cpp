#include "cli/mapping_path.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <set>
#include <vector>

#include "cli/command.h"
#include "config/resources.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

constexpr auto kMappingsFolder = "mappings";

std::set<fs::path> entries_of(const fs::path& folder) {
  std::set<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    entries.insert(entry->path());
  return entries;
}

/// The folders that a dataflow may have, the first that has what is asked for being meant.
std::vector<fs::path> folders_of(const std::string& dataflow) {
  std::vector<fs::path> folders;
  for (const fs::path rule : config::places(dataflow, config::kDataflows)) {
    if (rule.filename() == config::kDataflows.inside) folders.push_back(rule.parent_path());
  }
  return folders;
}

/// `accelerator/workload` of each mapping file of a dataflow.
std::set<std::string> pairs_of(const std::string& dataflow) {
  std::set<std::string> pairs;
  for (const auto& folder : folders_of(dataflow)) {
    for (const auto& accelerator : entries_of(folder / kMappingsFolder)) {
      for (const auto& file : entries_of(accelerator))
        pairs.insert((accelerator.filename() / file.stem()).string());
    }
  }
  return pairs;
}

}  // namespace

PublishedMappings published_mappings(const std::string& dataflow, const std::string& accelerator,
                                     const std::string& workload) {
  for (const auto& folder : folders_of(dataflow)) {
    const fs::path file = folder / kMappingsFolder / accelerator / (workload + ".yaml");
    if (fs::is_regular_file(file))
      return {file.string(), fs::canonical(folder.empty() ? "." : folder).filename().string()};
  }
  const fs::path mappings = fs::path(dataflow_path(dataflow)).parent_path() / kMappingsFolder;
  throw UsageError(fmt::format("no mappings of {} on {} in {}; there are {}", workload, accelerator,
                               mappings.string(), fmt::join(pairs_of(dataflow), ", ")));
}

std::string dataflow_path(const std::string& argument) {
  return config::find_file("--dataflow", argument, config::kDataflows);
}

}  // namespace weir::cli
