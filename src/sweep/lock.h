#pragma once

#include <filesystem>

#include "sweep/descriptor.h"

namespace weir::sweep {

/// Held while one process writes a result database: a file `<database>.lock` beside it, which is gone again
/// at the end (one left by a killed process holds nobody up). Throws DatabaseError when another process has
/// it, when the folder cannot be written, or when something else has the lock's name.
class Lock {
 public:
  explicit Lock(const std::filesystem::path& database);
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::filesystem::path path_;
  Descriptor descriptor_;
};

}  // namespace weir::sweep
