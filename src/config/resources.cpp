#include "config/resources.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "config/node.h"

namespace weir::config {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_directory(path, error);
}

fs::path program_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

/// Where what is shipped may stand: as installed, and as in a build folder.
std::vector<fs::path> shipped_places() {
  const fs::path folder = program_folder();
  return {folder / WEIR_SHARE_FROM_PROGRAM, folder / "share" / "weir"};
}

/// One that says where it stands: it is looked for nowhere else.
bool is_anchored(std::string_view argument) { return argument.starts_with('/') || argument.starts_with('.'); }

/// Without slashes at the end, which a shell's completion of folders leaves.
std::string_view trimmed(std::string_view argument) {
  while (argument.size() > 1 && argument.ends_with('/')) argument.remove_suffix(1);
  return argument;
}

std::set<std::string> names_in(const fs::path& folder, const InputKind& kind) {
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& path = entry->path();
    if (kind.inside.empty() ? path.extension() == ".yaml" && is_file(path) : is_file(path / kind.inside))
      names.insert(kind.inside.empty() ? path.stem().string() : path.filename().string());
  }
  return names;
}

/// What an argument that means nothing could have been: the names of its kind, or of the folder that it says.
std::vector<std::string> names_near(std::string_view argument, const InputKind& kind) {
  std::set<std::string> names;
  const fs::path folder = fs::path(argument).parent_path();
  if (folder.empty()) {
    names = names_of(kind);
  } else {
    for (const fs::path root : is_anchored(argument) ? std::vector<std::string>{""} : roots())
      names.merge(names_in(root / folder, kind));
  }
  return {names.begin(), names.end()};
}

/// The roots as they are told to the user, each once.
std::vector<std::string> told_roots() {
  std::vector<std::string> told;
  for (const std::string& root : roots()) {
    std::error_code error;
    const std::string path = fs::weakly_canonical(root.empty() ? "." : root, error).string();
    if (std::find(told.begin(), told.end(), path) == told.end()) told.push_back(path);
  }
  return told;
}

}  // namespace

std::string_view version() { return WEIR_VERSION; }

std::optional<std::string> shipped() {
  for (const fs::path& place : shipped_places()) {
    std::error_code error;
    if (fs::is_directory(place / kAccelerators.folder, error)) return fs::canonical(place).string();
  }
  return std::nullopt;
}

std::string shipped_file(const std::string& path) {
  if (const auto folder = shipped()) {
    const fs::path file = fs::path(*folder) / path;
    if (is_file(file)) return file.string();
    throw std::runtime_error(fmt::format("no file {}, which is a part of Weir", file.string()));
  }
  std::vector<std::string> places;
  for (const fs::path& place : shipped_places()) places.push_back((place / path).lexically_normal().string());
  throw std::runtime_error(fmt::format("no file {}, which is a part of Weir", fmt::join(places, ", nor ")));
}

std::vector<std::string> roots() {
  std::vector<std::string> roots;
  const char* variable = std::getenv("WEIR_PATH");
  const std::string_view path = variable ? variable : "";
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    if (end > begin) roots.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  roots.emplace_back();
  if (auto folder = shipped()) roots.push_back(*std::move(folder));
  return roots;
}

std::vector<std::string> places(std::string_view argument, const InputKind& kind) {
  if (argument.empty()) return {};
  std::vector<std::string> places;
  const auto add_in = [&](const fs::path& folder) {
    places.push_back((folder / argument).string());
    if (!kind.inside.empty()) places.push_back((folder / argument / kind.inside).string());
  };
  add_in("");
  if (is_anchored(argument)) {
    if (kind.folder.empty()) places.push_back(std::string(argument) + ".yaml");
    return places;
  }
  for (const fs::path root : roots()) {
    if (!root.empty()) add_in(root);
    if (!kind.folder.empty()) add_in(root / kind.folder);
    if (kind.inside.empty()) places.push_back((root / kind.folder / argument).string() + ".yaml");
  }
  return places;
}

std::optional<std::string> find(std::string_view argument, const InputKind& kind) {
  for (std::string& place : places(argument, kind)) {
    if (is_file(place)) return std::move(place);
  }
  return std::nullopt;
}

std::string not_found(std::string_view text, const InputKind& kind) {
  const std::string_view argument = trimmed(text);
  const fs::path name = fs::path(argument).filename();
  std::string where;
  if (!argument.empty() && !is_anchored(argument)) {
    const bool has_ending = name.extension() == ".yaml" || !kind.inside.empty();
    const std::string named = (fs::path(kind.folder) / argument).string() + (has_ending ? "" : ".yaml");
    where = fmt::format("{} in {}", named == argument ? "" : ", nor " + named, fmt::join(told_roots(), ", "));
  }
  return fmt::format(
      "no such {}{}{}", kind.inside.empty() ? "file" : "file or folder", where,
      hint((name.extension() == ".yaml" ? name.stem() : name).string(), names_near(argument, kind)));
}

std::string find_file(std::string_view asked_by, const std::string& argument, const InputKind& kind) {
  if (auto found = find(argument, kind)) return *std::move(found);
  throw InputError({fmt::format("{} {}", asked_by, argument.empty() ? in_quotes("") : argument)},
                   not_found(argument, kind));
}

std::set<std::string> names_of(const InputKind& kind) {
  std::set<std::string> names;
  for (const fs::path root : roots()) names.merge(names_in(root / kind.folder, kind));
  return names;
}

}  // namespace weir::config
