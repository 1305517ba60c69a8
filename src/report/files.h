#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::report {

/// An output that cannot be written; what() is one line with the path and the reason.
class FileError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Tries, before work whose result belongs there, whether `folder` exists and can be written, or can be made.
void check_folder(const std::filesystem::path& folder);

/// Makes `folder` if it does not exist and tries whether files can be written there.
void prepare_folder(const std::filesystem::path& folder);

/// Writes files (name, content) into `folder`: each is written beside its place, synced, and only when all
/// are complete are they renamed. On an error what was there before stays as it was.
void write_files(const std::filesystem::path& folder,
                 const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace weir::report
