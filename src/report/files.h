#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::report {

/// An output that cannot be written; what() is one line with the path and the reason.
class FileError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Tries, before work whose result belongs there, whether `folder` exists and can be written, or can be made.
void check_folder(const std::filesystem::path& folder);

/// The same for a file in a folder, or for what else stands in the file's place.
void check_file(const std::filesystem::path& file);

/// Outputs that are tried before the work whose results go there: each as check_file() does, and what would
/// be written through is opened. A FIFO stays open until this goes, for who reads it would take a try for the
/// end.
class Targets {
 public:
  explicit Targets(const std::vector<std::filesystem::path>& files);
  Targets(const std::filesystem::path& folder, const std::vector<std::string>& names);
  ~Targets();
  Targets(Targets&&) noexcept;
  Targets& operator=(Targets&&) noexcept;

  class Stream;

 private:
  void add(const std::filesystem::path& file);

  std::vector<std::unique_ptr<Stream>> streams_;
};

/// Makes `folder` if it does not exist and tries whether files can be written there.
void prepare_folder(const std::filesystem::path& folder);

/// Writes files (name, content) into `folder`: each is written beside its place, synced, and only when all
/// are complete are they renamed. On an error what was there before stays as it was. Nothing but a file is
/// replaced: a symbolic link stays, and what it names is written; devices and FIFOs are written through, when
/// all files are complete; a FIFO that nobody reads and all else are errors.
void write_files(const std::filesystem::path& folder,
                 const std::vector<std::pair<std::string, std::string>>& files);

/// Writes one file likewise, into a folder that is made if it does not exist.
void write_file(const std::filesystem::path& file, std::string text);

}  // namespace weir::report
