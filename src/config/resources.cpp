#include "config/resources.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "config/data.h"

namespace weir::config {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_directory(path, error);
}

/// Where a folder's files are looked for: here, then where Weir is installed.
std::array<fs::path, 2> places(const std::string& folder) {
  return {fs::path(folder), fs::path(home()) / folder};
}

}  // namespace

std::string_view version() { return WEIR_VERSION; }

std::string home() {
  const char* chosen = std::getenv("WEIR_HOME");
  return chosen && *chosen ? chosen : WEIR_HOME;
}

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const fs::path& base : places(folder)) {
    std::error_code error;
    for (fs::directory_iterator entry(base, error), end; !error && entry != end; entry.increment(error)) {
      if (entry->path().extension() == ".yaml") names.insert(entry->path().stem().string());
    }
  }
  return names;
}

std::string find_file(std::string_view option, const std::string& argument, const std::string& folder) {
  if (is_file(argument)) return argument;
  for (const fs::path& base : places(folder)) {
    const fs::path file = base / (argument + ".yaml");
    if (is_file(file)) return file.string();
  }
  const std::set<std::string> names = names_in(folder);
  throw InputError({fmt::format("{} {}", option, argument)},
                   fmt::format("no such file, nor {}/{}.yaml{}", folder, argument,
                               hint(argument, {names.begin(), names.end()})));
}

}  // namespace weir::config
