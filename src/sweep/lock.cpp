#include "sweep/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sweep/sqlite.h"

namespace weir::sweep {
namespace {

/// Whether the path still leads to the open file, or its owner has removed it.
bool is_in_place(int descriptor, const std::filesystem::path& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

}  // namespace

Lock::Lock(const std::filesystem::path& database) : path_(database.string() + ".lock") {
  while (true) {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0)
      throw DatabaseError(fmt::format("{}: cannot be written: {}", database.string(), std::strerror(errno)));
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      ::close(descriptor_);
      throw DatabaseError(fmt::format("{}: another weir sweep is writing it", database.string()));
    }
    if (is_in_place(descriptor_, path_)) return;
    ::close(descriptor_);
  }
}

Lock::~Lock() {
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace weir::sweep
