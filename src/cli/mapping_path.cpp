#include "cli/mapping_path.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "cli/command.h"
#include "config/node.h"
#include "config/resources.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

constexpr auto kFolder = "dataflows";

std::array<fs::path, 2> roots() { return {fs::path("."), fs::path(config::home())}; }

/// What stands in a folder of either root, in order; folders that cannot be read count as empty.
std::set<fs::path> entries_of(const fs::path& folder) {
  std::set<fs::path> entries;
  for (const auto& root : roots()) {
    std::error_code error;
    for (fs::directory_iterator entry(root / folder, error), end; !error && entry != end;
         entry.increment(error)) {
      entries.insert(folder / entry->path().filename());
    }
  }
  return entries;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : entries_of(folder)) names.push_back(entry.filename().string());
  return names;
}

/// `accelerator/workload` of each mapping file of a dataflow.
std::vector<std::string> pairs_in(const fs::path& mappings) {
  std::vector<std::string> pairs;
  for (const auto& accelerator : entries_of(mappings)) {
    for (const auto& file : entries_of(accelerator)) {
      pairs.push_back((accelerator.filename() / file.stem()).string());
    }
  }
  return pairs;
}

}  // namespace

std::string dataflow_mapping_path(const std::string& dataflow, const std::string& accelerator,
                                  const std::string& workload) {
  const fs::path mappings = fs::path(kFolder) / dataflow / "mappings";
  for (const auto& root : roots()) {
    const fs::path file = root / mappings / accelerator / (workload + ".yaml");
    if (fs::is_regular_file(file)) return file.lexically_normal().string();
  }
  const auto dataflows = names_in(kFolder);
  if (std::find(dataflows.begin(), dataflows.end(), dataflow) == dataflows.end()) {
    throw UsageError(
        fmt::format("--dataflow is {}{}", config::in_quotes(dataflow), config::hint(dataflow, dataflows)));
  }
  throw UsageError(fmt::format("no mappings of {1} on {0} in {2}; there are {3}", accelerator, workload,
                               mappings.string(), fmt::join(pairs_in(mappings), ", ")));
}

std::string dataflow_path(const std::string& argument, std::string_view asked_by) {
  if (fs::is_regular_file(argument)) return argument;
  for (const auto& root : roots()) {
    const fs::path file = root / kFolder / argument / "dataflow.yaml";
    if (fs::is_regular_file(file)) return file.lexically_normal().string();
  }
  throw UsageError(fmt::format("{} is {}{}", asked_by, config::in_quotes(argument),
                               config::hint(argument, names_in(kFolder))));
}

std::string mapping_path(const std::string& argument) {
  const fs::path path(argument);
  if (fs::is_regular_file(path)) return argument;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const fs::path name = path.extension() == ".yaml" ? path.stem() : path.filename();
  return config::find_file("--mapping", name.string(), folder.string());
}

}  // namespace weir::cli
