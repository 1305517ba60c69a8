#include "sweep/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sweep/sqlite.h"
#include "sweep/trusted_path.h"

namespace weir::sweep {
namespace {

/// Whether the path still leads to the open file, or its owner has removed it.
bool is_in_place(const struct stat& open, const std::filesystem::path& path) {
  struct stat named {};
  return ::lstat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

}  // namespace

Lock::Lock(const std::filesystem::path& database) : path_(trusted_path(database).string() + ".lock") {
  const auto refuse = [&](std::string_view why) {
    throw DatabaseError(fmt::format("{}: {}", database.string(), why));
  };
  while (true) {
    descriptor_ =
        Descriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
    if (!descriptor_.is_open() && errno == ELOOP)
      refuse(fmt::format("{} is a symbolic link; allowed is none there", path_.string()));
    if (!descriptor_.is_open()) refuse(fmt::format("cannot be written: {}", std::strerror(errno)));
    struct stat open {};
    if (::fstat(descriptor_.get(), &open) != 0) refuse(std::strerror(errno));
    // What it is not it must not remove.
    if (!S_ISREG(open.st_mode) || open.st_size != 0)
      refuse(fmt::format("{} is no lock of weir sweep; allowed is none there", path_.string()));
    if (::flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) refuse("another weir sweep is writing it");
    if (is_in_place(open, path_)) return;
  }
}

Lock::~Lock() { ::unlink(path_.c_str()); }

}  // namespace weir::sweep
