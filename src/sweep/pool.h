#pragma once

#include <deque>
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
  /// `needs_own_process` says which tasks a worker may do only as its last; `known`, what to tell a worker of
  /// a task.
  Pool(PoolOptions options, Work work, std::function<bool(std::size_t)> needs_own_process,
       std::function<std::string(std::size_t)> known = {})
      : options_(options),
        work_(std::move(work)),
        needs_own_process_(std::move(needs_own_process)),
        known_(std::move(known)) {}

  /// Gives the tasks out in order, and calls `take` now and then with what has come since (maybe nothing)
  /// until all are done or it returns false. Goes on with fewer workers where no more can be started; throws
  /// NoWorker where none can.
  void run(const std::vector<std::size_t>& tasks,
           const std::function<bool(const std::vector<TaskResult>&)>& take);

  /// Why there were fewer workers than wanted; empty when there were as many.
  const std::string& short_of_workers() const { return short_of_workers_; }

 private:
  struct Open {
    std::size_t task;
    unsigned attempts;  ///< before this one
  };
  struct Slot {
    explicit Slot(const Work& work) : worker(work) {}
    Worker worker;
    std::deque<Open> given{};  ///< tasks without an answer, the present one first
    bool last = false;         ///< whether it may get no more
    double seconds = 0;        ///< a task takes, on average
    std::size_t answered = 0;  ///< tasks
  };
  void start_workers();
  void wait_for_news() const;
  std::vector<TaskResult> collect();
  /// Whether the worker is of further use; what its tasks came to, if they ended, goes to `results`.
  bool attend(Slot& slot, std::vector<TaskResult>& results);
  /// Gives a worker what it can do soon, so that it need not wait for this process.
  void refill(Slot& slot);
  std::size_t most_given(const Slot& slot) const;
  /// The present task of a worker that is at its end, so that it can be judged; the others are open again.
  Open take_back(Slot& slot);

  PoolOptions options_;
  Work work_;
  std::function<bool(std::size_t)> needs_own_process_;
  std::function<std::string(std::size_t)> known_;
  std::string short_of_workers_;
  std::vector<Open> open_;  ///< the next one last
  std::list<Slot> slots_;
};

}  // namespace weir::sweep
