#pragma once

#include <filesystem>

namespace weir::sweep {

/// Held while one process writes a result database: a file `<database>.lock` beside it, which is gone again
/// at the end (one left by a killed process holds nobody up). Throws DatabaseError when another process has
/// it, or when the folder cannot be written.
class Lock {
 public:
  explicit Lock(const std::filesystem::path& database);
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace weir::sweep
