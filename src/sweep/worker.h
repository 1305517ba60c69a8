#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sweep/descriptor.h"

namespace weir::sweep {

/// What a worker process does for a task, given what is known of it; runs in that process only.
using Work = std::function<std::string(std::size_t task, const std::string& known)>;

/// A process that cannot be started now: no room for it, or for the pipes to it.
class NoWorker : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A process, forked from this one, that answers tasks one after another. It ends with this process, however
/// this ends.
class Worker {
 public:
  explicit Worker(const Work& work);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// A task, to be done after those before it; `known` is for its work.
  void give(std::size_t task, const std::string& known);
  /// Whether a further task with so much to be known of it fits the pipe: give() never waits then.
  bool has_room(const std::string& known) const;
  /// How many tasks have no answer yet.
  std::size_t open_tasks() const { return sizes_.size(); }
  /// Seconds since it began the first of them.
  double seconds() const;

  /// To be polled for input: its answers; what it prints to its standard streams.
  int answers() const { return answers_.get(); }
  int messages() const { return messages_.get(); }

  /// Reads what there is: the answers that are complete, in the order of the tasks, and whether the process
  /// is at its end.
  struct Heard {
    std::vector<std::string> answers;
    double seconds = 0;  ///< that each took, on average
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
  Descriptor tasks_, answers_, messages_;
  std::deque<std::size_t> sizes_;  ///< bytes in the pipe for each open task
  Clock::time_point begin_{};
  std::string heard_;    ///< the part of an answer that has come
  std::string printed_;  ///< the last of its messages
};

}  // namespace weir::sweep
