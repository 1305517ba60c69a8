#include "sweep/worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill()
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <string_view>
#include <utility>

namespace weir::sweep {
namespace {

// Where a worker has its pipes; its standard streams lead to the messages.
constexpr int kTasks = 3, kAnswers = 4;

/// Reads exactly `size` bytes; false at the end of the input.
bool read_all(int descriptor, void* to, std::size_t size) {
  auto* place = static_cast<char*>(to);
  while (size > 0) {
    const auto got = ::read(descriptor, place, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    place += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int descriptor, const void* from, std::size_t size) {
  const auto* place = static_cast<const char*>(from);
  while (size > 0) {
    const auto put = ::write(descriptor, place, size);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    place += put;
    size -= static_cast<std::size_t>(put);
  }
  return true;
}

[[noreturn]] void fail(std::string_view what) {
  throw NoWorker(fmt::format("{}: {}", what, std::strerror(errno)));
}

struct Pipe {
  Descriptor from, to;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("no pipe to a worker process");
    const Descriptor low_from(ends[0]), low_to(ends[1]);
    // Above the numbers that a worker moves its ends to.
    from = Descriptor(::fcntl(ends[0], F_DUPFD_CLOEXEC, kAnswers + 1));
    to = Descriptor(::fcntl(ends[1], F_DUPFD_CLOEXEC, kAnswers + 1));
    if (!from.is_open() || !to.is_open()) fail("no pipe to a worker process");
  }
};

/// In front of each task: which, and how many bytes follow of what is known of it.
struct Head {
  std::uint64_t task = 0, size = 0;
};

/// The life of a worker. It must leave the parent's files and buffers alone, so it ends with _exit().
[[noreturn]] void serve(const Work& work) {
  Head head;
  while (read_all(kTasks, &head, sizeof head)) {
    std::string known(head.size, '\0');
    if (!read_all(kTasks, known.data(), known.size())) break;
    const std::string answer = work(head.task, known);
    const std::uint64_t size = answer.size();
    std::string message(sizeof size, '\0');
    std::memcpy(message.data(), &size, sizeof size);
    message += answer;
    if (!write_all(kAnswers, message.data(), message.size())) break;
  }
  ::_exit(0);
}

[[noreturn]] void become_worker(pid_t parent, const Pipe& tasks, const Pipe& answers, const Pipe& messages,
                                const Work& work) {
  // Ends with its parent even while it computes; the parent may be gone already.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::signal(SIGINT, SIG_IGN);  // A Ctrl-C goes to all: the parent decides.
  ::signal(SIGTERM, SIG_DFL);
  const bool moved = ::dup2(messages.to.get(), STDOUT_FILENO) >= 0 &&
                     ::dup2(messages.to.get(), STDERR_FILENO) >= 0 && ::dup2(tasks.from.get(), kTasks) >= 0 &&
                     ::dup2(answers.to.get(), kAnswers) >= 0;
  if (!moved) ::_exit(1);
  ::close_range(kAnswers + 1, ~0U, 0);
  ::close(STDIN_FILENO);
  ::open("/dev/null", O_RDONLY);  // takes the free number
  try {
    serve(work);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  std::fflush(stderr);
  ::_exit(1);
}

}  // namespace

Worker::Worker(const Work& work) {
  Pipe tasks, answers, messages;
  // What is in the buffers would be printed twice.
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ < 0) fail("no worker process");
  if (process_ == 0) become_worker(parent, tasks, answers, messages, work);
  tasks_ = std::move(tasks.to);
  answers_ = std::move(answers.from);
  messages_ = std::move(messages.from);
  ::fcntl(answers_.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(messages_.get(), F_SETFL, O_NONBLOCK);
}

Worker::~Worker() {
  if (process_ <= 0) return;
  kill();
  ::waitpid(process_, nullptr, 0);
}

bool Worker::has_room(const std::string& known) const {
  constexpr std::size_t kMostBytes = 32768;  // a pipe holds twice as many
  return std::accumulate(sizes_.begin(), sizes_.end(), sizeof(Head) + known.size()) <= kMostBytes;
}

void Worker::give(std::size_t task, const std::string& known) {
  const Head head{task, known.size()};
  if (sizes_.empty()) begin_ = Clock::now();
  std::string message(sizeof head, '\0');
  std::memcpy(message.data(), &head, sizeof head);
  message += known;
  sizes_.push_back(message.size());
  // If it is gone, listen() says so.
  write_all(tasks_.get(), message.data(), message.size());
}

double Worker::seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

Worker::Heard Worker::listen() {
  Heard heard;
  std::array<char, 65536> buffer{};
  while (true) {
    const auto got = ::read(answers_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) heard.ended = true;
    if (got <= 0) break;
    heard_.append(buffer.data(), static_cast<std::size_t>(got));
  }
  std::size_t at = 0;
  std::uint64_t size = 0;
  while (heard_.size() - at >= sizeof size) {
    std::memcpy(&size, heard_.data() + at, sizeof size);
    if (heard_.size() - at - sizeof size < size) break;
    heard.answers.push_back(heard_.substr(at + sizeof size, size));
    at += sizeof size + size;
    sizes_.pop_front();
  }
  heard_.erase(0, at);
  if (!heard.answers.empty()) {
    heard.seconds = seconds() / static_cast<double>(heard.answers.size());
    begin_ = Clock::now();
  }
  return heard;
}

void Worker::read_messages() {
  constexpr std::size_t kLongest = 4096;
  std::array<char, kLongest> buffer{};
  while (true) {
    const auto got = ::read(messages_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    printed_.append(buffer.data(), static_cast<std::size_t>(got));
    if (printed_.size() > kLongest) printed_.erase(0, printed_.size() - kLongest);
  }
}

std::string Worker::epitaph() {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  read_messages();
  std::string text = WIFSIGNALED(status)
                         ? fmt::format("the worker process was ended by signal {} ({})", WTERMSIG(status),
                                       ::strsignal(WTERMSIG(status)))
                         : fmt::format("the worker process ended with exit code {}", WEXITSTATUS(status));
  while (printed_.ends_with('\n')) printed_.pop_back();
  const auto line = printed_.rfind('\n');
  if (!printed_.empty()) text += ": " + printed_.substr(line == std::string::npos ? 0 : line + 1);
  return text;
}

void Worker::kill() {
  if (process_ > 0) ::kill(process_, SIGKILL);
}

}  // namespace weir::sweep
