#pragma once

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "sweep/worker.h"

namespace weir::sweep {

struct PoolOptions {
  unsigned workers = 1;
  double timeout_seconds = 3600;  ///< of a task
  unsigned attempts = 3;          ///< at a task whose worker crashes
};

/// How a task ended.
struct TaskResult {
  std::size_t task = 0;
  std::optional<std::string> answer;  ///< nothing when it failed
  std::string message;                ///< of the failure
  bool timed_out = false;
  double seconds = 0;
};

/// Shares tasks among worker processes.
class Pool {
 public:
  /// `needs_own_process` says which tasks a worker may do only as its last.
  Pool(PoolOptions options, Work work, std::function<bool(std::size_t)> needs_own_process)
      : options_(options), work_(std::move(work)), needs_own_process_(std::move(needs_own_process)) {}

  /// Gives the tasks out in order, and calls `take` now and then with what has come since (maybe nothing)
  /// until all are done or it returns false.
  void run(const std::vector<std::size_t>& tasks,
           const std::function<bool(const std::vector<TaskResult>&)>& take);

 private:
  struct Open {
    std::size_t task;
    unsigned attempts;  ///< before this one
  };
  struct Slot {
    explicit Slot(const Work& work) : worker(work) {}
    Worker worker;
    Open open{};
  };
  void start_workers();
  void wait_for_news() const;
  std::vector<TaskResult> collect();
  /// Whether the worker is of further use; what its task came to, if it ended, goes to `results`.
  bool attend(Slot& slot, std::vector<TaskResult>& results);
  void next_task(Slot& slot);

  PoolOptions options_;
  Work work_;
  std::function<bool(std::size_t)> needs_own_process_;
  std::vector<Open> open_;  ///< the next one last
  std::list<Slot> slots_;
};

}  // namespace weir::sweep
