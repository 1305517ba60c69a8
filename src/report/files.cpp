#include "report/files.h"

#include <fcntl.h>
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

void write_all(int descriptor, std::string_view text, const fs::path& place) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail_errno(place);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

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
    write_all(descriptor_, text, place_);
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

struct ::stat status_of(const fs::path& place) {
  struct ::stat status {};
  if (::stat(place.c_str(), &status) != 0) status.st_mode = 0;
  return status;
}

/// The standard output or error where `place` is what it goes to, else -1.
int standard_stream(const struct ::stat& place) {
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    struct ::stat own {};
    if (::fstat(descriptor, &own) == 0 && own.st_dev == place.st_dev && own.st_ino == place.st_ino)
      return descriptor;
  }
  return -1;
}

/// The file that is written where `place` is a symbolic link, which need not exist.
fs::path behind_links(fs::path place) {
  constexpr int kMostLinks = 40;
  std::error_code none;
  for (int i = 0; fs::is_symlink(fs::symlink_status(place, none)); ++i) {
    if (i == kMostLinks) fail(place, std::make_error_code(std::errc::too_many_symbolic_link_levels));
    place = place.parent_path() / fs::read_symlink(place);
  }
  return place;
}

/// Whether `place` is to be written through. Throws FileError where it can be neither that nor replaced.
bool is_stream(const fs::path& place) {
  const struct ::stat status = status_of(place);
  if (S_ISDIR(status.st_mode)) fail(place, std::make_error_code(std::errc::is_a_directory));
  if (status.st_mode == 0) return false;  // nothing is there
  return !S_ISREG(status.st_mode) || standard_stream(status) >= 0;
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

/// What is no file, or a file that has the standard output's text, too: it is written through, not replaced.
class Targets::Stream {
 public:
  explicit Stream(fs::path place) : place_(std::move(place)) {
    const struct ::stat status = status_of(place_);
    const int standard = standard_stream(status);
    if (S_ISBLK(status.st_mode)) fail(place_, std::make_error_code(std::errc::operation_not_permitted));
    if (standard >= 0) {
      std::fflush(stdout);
      descriptor_ = ::dup(standard);
    } else {
      // A FIFO that nobody reads would be waited for.
      descriptor_ = ::open(place_.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
      if (descriptor_ >= 0) ::fcntl(descriptor_, F_SETFL, 0);
    }
    if (descriptor_ < 0) fail_errno(place_);
  }
  ~Stream() { ::close(descriptor_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void write(std::string_view text) const { write_all(descriptor_, text, place_); }

 private:
  fs::path place_;
  int descriptor_ = -1;
};

void check_folder(const fs::path& folder) {
  std::error_code error;
  fs::path there = fs::absolute(folder);
  while (!fs::exists(there, error) && !error && there.has_relative_path()) there = there.parent_path();
  if (error) fail(folder, error);
  if (!fs::is_directory(there)) fail(folder, std::make_error_code(std::errc::not_a_directory));
  if (::access(there.c_str(), W_OK | X_OK) != 0) fail_errno(folder);
}

void check_file(const fs::path& file) {
  if (!file.has_filename()) fail(file, std::make_error_code(std::errc::is_a_directory));
  if (!is_stream(file)) return check_folder(folder_of(behind_links(file)));
  if (::access(file.c_str(), W_OK) != 0) fail_errno(file);
}

void Targets::add(const fs::path& file) {
  check_file(file);
  const auto type = status_of(file).st_mode & S_IFMT;
  if (type == S_IFIFO || type == S_IFSOCK || type == S_IFBLK)
    streams_.push_back(std::make_unique<Stream>(file));
}

Targets::Targets(const std::vector<fs::path>& files) {
  for (const fs::path& file : files) add(file);
}

Targets::Targets(const fs::path& folder, const std::vector<std::string>& names) {
  check_folder(folder);
  for (const std::string& name : names) add(folder / name);
}

Targets::~Targets() = default;
Targets::Targets(Targets&&) noexcept = default;
Targets& Targets::operator=(Targets&&) noexcept = default;

void prepare_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail(folder, error);
  if (!fs::is_directory(folder)) fail(folder, std::make_error_code(std::errc::not_a_directory));
  Staged probe(folder / "probe");
}

void write_files(const fs::path& folder, const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<std::unique_ptr<Staged>> staged;
  std::vector<std::pair<std::unique_ptr<Targets::Stream>, std::string_view>> streams;
  for (const auto& [name, text] : files) {
    const auto place = folder / name;
    if (is_stream(place)) {
      streams.emplace_back(std::make_unique<Targets::Stream>(place), text);
    } else {
      staged.push_back(std::make_unique<Staged>(behind_links(place)));
      staged.back()->write(text);
    }
  }
  for (const auto& [stream, text] : streams) stream->write(text);
  for (const auto& file : staged) file->move_into_place();
}

void write_file(const fs::path& file, std::string text) {
  if (!is_stream(file)) prepare_folder(folder_of(behind_links(file)));
  write_files(folder_of(file), {{file.filename().string(), std::move(text)}});
}

}  // namespace weir::report
