#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace weir::sweep {

/// What a worker process does for a task; runs in that process only.
using Work = std::function<std::string(std::size_t task)>;

/// A process, forked from this one, that answers tasks one after another. It ends with this process, however
/// this ends.
class Worker {
 public:
  explicit Worker(const Work& work);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void give(std::size_t task);
  /// What it works on.
  std::optional<std::size_t> task() const { return task_; }
  /// Seconds since it got its task.
  double seconds() const;

  /// To be polled for input: its answers; what it prints to its standard streams.
  int answers() const { return answers_; }
  int messages() const { return messages_; }

  /// Reads what there is: the answer if it is complete, and whether the process is at its end.
  struct Heard {
    std::optional<std::string> answer;
    bool ended = false;
  };
  Heard listen();
  void read_messages();

  /// Waits for the end of the process: `ended by signal 9 (Killed): last line that it printed`.
  std::string epitaph();
  void kill();

 private:
  using Clock = std::chrono::steady_clock;
  pid_t process_ = -1;
  int tasks_ = -1, answers_ = -1, messages_ = -1;
  std::optional<std::size_t> task_;
  Clock::time_point begin_{};
  std::string heard_;    ///< the part of an answer that has come
  std::string printed_;  ///< the last of its messages
};

}  // namespace weir::sweep
