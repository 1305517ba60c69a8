#include "report/files.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <system_error>

namespace weir::report {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::error_code& reason) {
  throw FileError(fmt::format("cannot write {}: {}", path.string(), reason.message()));
}

[[noreturn]] void fail_errno(const fs::path& path) { fail(path, {errno, std::generic_category()}); }

/// A file beside its place, removed again unless it is moved there.
class Staged {
 public:
  explicit Staged(fs::path place)
      : place_(std::move(place)),
        name_(place_.parent_path() / fmt::format(".{}.XXXXXX", place_.filename().string())) {
    descriptor_ = ::mkstemp(name_.data());
    if (descriptor_ < 0) fail_errno(place_);
  }
  ~Staged() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!moved_) ::unlink(name_.c_str());
  }
  Staged(const Staged&) = delete;
  Staged& operator=(const Staged&) = delete;

  void write(std::string_view text) {
    while (!text.empty()) {
      const auto written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail_errno(place_);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    // mkstemp makes files that only their owner can read; results get what the umask allows.
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(descriptor_, 0666 & ~mask) != 0 || ::fsync(descriptor_) != 0) fail_errno(place_);
    if (::close(std::exchange(descriptor_, -1)) != 0) fail_errno(place_);
  }

  void move_into_place() {
    if (std::rename(name_.c_str(), place_.c_str()) != 0) fail_errno(place_);
    moved_ = true;
  }

 private:
  fs::path place_;
  std::string name_;
  int descriptor_ = -1;
  bool moved_ = false;
};

}  // namespace

void check_folder(const fs::path& folder) {
  std::error_code error;
  fs::path there = fs::absolute(folder);
  while (!fs::exists(there, error) && !error && there.has_relative_path()) there = there.parent_path();
  if (error) fail(folder, error);
  if (!fs::is_directory(there)) fail(folder, std::make_error_code(std::errc::not_a_directory));
  if (::access(there.c_str(), W_OK | X_OK) != 0) fail_errno(folder);
}

void prepare_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail(folder, error);
  if (!fs::is_directory(folder)) fail(folder, std::make_error_code(std::errc::not_a_directory));
  Staged probe(folder / "probe");
}

void write_files(const fs::path& folder, const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<std::unique_ptr<Staged>> staged;
  for (const auto& [name, text] : files) {
    const auto place = folder / name;
    if (fs::is_directory(place)) fail(place, std::make_error_code(std::errc::is_a_directory));
    staged.push_back(std::make_unique<Staged>(place));
    staged.back()->write(text);
  }
  for (const auto& file : staged) file->move_into_place();
}

}  // namespace weir::report
