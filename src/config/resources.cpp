#include "config/resources.h"

#include <fmt/format.h>

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

}  // namespace

std::string_view version() { return WEIR_VERSION; }

std::string home() {
  const char* chosen = std::getenv("WEIR_HOME");
  return chosen && *chosen ? chosen : WEIR_HOME;
}

std::string find_file(std::string_view option, const std::string& argument, const std::string& folder) {
  if (is_file(argument)) return argument;
  std::set<std::string> names;
  for (const fs::path& base : {fs::path(folder), fs::path(home()) / folder}) {
    const fs::path file = base / (argument + ".yaml");
    if (is_file(file)) return file.string();
    std::error_code error;
    for (fs::directory_iterator entry(base, error), end; !error && entry != end; entry.increment(error)) {
      if (entry->path().extension() == ".yaml") names.insert(entry->path().stem().string());
    }
  }
  throw InputError({fmt::format("{} {}", option, argument)},
                   fmt::format("no such file, nor {}/{}.yaml{}", folder, argument,
                               hint(argument, {names.begin(), names.end()})));
}

}  // namespace weir::config
