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
#include <stdexcept>

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

struct Pipe {
  int from = -1, to = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw std::runtime_error(fmt::format("no pipe to a worker process: {}", std::strerror(errno)));
    // Above the numbers that a worker moves its ends to.
    from = ::fcntl(ends[0], F_DUPFD_CLOEXEC, kAnswers + 1);
    to = ::fcntl(ends[1], F_DUPFD_CLOEXEC, kAnswers + 1);
    ::close(ends[0]);
    ::close(ends[1]);
  }
};

/// The life of a worker. It must leave the parent's files and buffers alone, so it ends with _exit().
[[noreturn]] void serve(const Work& work) {
  std::uint64_t task = 0;
  while (read_all(kTasks, &task, sizeof task)) {
    const std::string answer = work(task);
    const std::uint64_t size = answer.size();
    if (!write_all(kAnswers, &size, sizeof size) || !write_all(kAnswers, answer.data(), answer.size())) break;
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
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(messages.to, STDOUT_FILENO);
  ::dup2(messages.to, STDERR_FILENO);
  ::dup2(tasks.from, kTasks);
  ::dup2(answers.to, kAnswers);
  ::close_range(kAnswers + 1, ~0U, 0);
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
  const Pipe tasks, answers, messages;
  // What is in the buffers would be printed twice.
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error(fmt::format("no worker process: {}", std::strerror(errno)));
  if (process_ == 0) become_worker(parent, tasks, answers, messages, work);
  ::close(tasks.from);
  ::close(answers.to);
  ::close(messages.to);
  tasks_ = tasks.to;
  answers_ = answers.from;
  messages_ = messages.from;
  ::fcntl(answers_, F_SETFL, O_NONBLOCK);
  ::fcntl(messages_, F_SETFL, O_NONBLOCK);
}

Worker::~Worker() {
  if (process_ > 0) {
    kill();
    ::waitpid(process_, nullptr, 0);
  }
  for (const int descriptor : {tasks_, answers_, messages_}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

void Worker::give(std::size_t task) {
  const std::uint64_t number = task;
  task_ = task;
  begin_ = Clock::now();
  // If it is gone, listen() says so.
  write_all(tasks_, &number, sizeof number);
}

double Worker::seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

Worker::Heard Worker::listen() {
  Heard heard;
  std::array<char, 65536> buffer{};
  while (true) {
    const auto got = ::read(answers_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) heard.ended = true;
    if (got <= 0) break;
    heard_.append(buffer.data(), static_cast<std::size_t>(got));
  }
  std::uint64_t size = 0;
  if (heard_.size() < sizeof size) return heard;
  std::memcpy(&size, heard_.data(), sizeof size);
  if (heard_.size() < sizeof size + size) return heard;
  heard.answer = heard_.substr(sizeof size);
  heard_.clear();
  task_.reset();
  return heard;
}

void Worker::read_messages() {
  constexpr std::size_t kLongest = 4096;
  std::array<char, kLongest> buffer{};
  while (true) {
    const auto got = ::read(messages_, buffer.data(), buffer.size());
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
