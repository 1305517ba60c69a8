#include "sweep/trusted_path.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <string>
#include <system_error>

#include "sweep/sqlite.h"

namespace weir::sweep {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as the system

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw DatabaseError(fmt::format("{}: {}", path.string(), why));
}

void put_in_front(const fs::path& path, std::deque<std::string>& parts) {
  const fs::path relative = path.relative_path();
  parts.insert(parts.begin(), relative.begin(), relative.end());
}

}  // namespace

fs::path trusted_path(const fs::path& path) {
  std::deque<std::string> parts;
  put_in_front(fs::absolute(path), parts);
  fs::path resolved = "/";
  int links = 0;
  struct stat found {};
  bool is_file = false;
  while (!parts.empty()) {
    const std::string part = parts.front();
    parts.pop_front();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      resolved = resolved.parent_path();
      continue;
    }
    const fs::path here = resolved / part;
    is_file = false;
    if (::lstat(here.c_str(), &found) != 0) {
      if (errno != ENOENT && errno != ENOTDIR) refuse(path, std::strerror(errno));
    } else if (S_ISLNK(found.st_mode)) {
      if (found.st_uid != 0 && found.st_uid != ::geteuid())
        refuse(path,
               fmt::format("{} is a symbolic link of another user; allowed are your own", here.string()));
      if (++links > kMostLinks) refuse(path, std::strerror(ELOOP));
      std::error_code error;
      const fs::path target = fs::read_symlink(here, error);
      if (error) refuse(path, error.message());
      if (target.is_absolute()) resolved = "/";
      put_in_front(target, parts);
      continue;
    } else {
      is_file = !S_ISDIR(found.st_mode);
    }
    resolved = here;
  }
  if (is_file && !S_ISREG(found.st_mode)) refuse(path, "no regular file; allowed is a database, or no file");
  return resolved;
}

}  // namespace weir::sweep
