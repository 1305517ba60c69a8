#include "sweep/pool.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction()

#include <iterator>
#include <utility>

namespace weir::sweep {

void Pool::run(const std::vector<std::size_t>& tasks,
               const std::function<bool(const std::vector<TaskResult>&)>& take) {
  // Writing to a worker that is gone must not end this process.
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  open_.clear();
  for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) open_.push_back({*task, 0});
  while (true) {
    start_workers();
    if (slots_.empty()) break;
    wait_for_news();
    if (!take(collect())) break;
  }
  slots_.clear();
  ::sigaction(SIGPIPE, &before, nullptr);
}

/// As many as there are tasks for, each with one.
void Pool::start_workers() {
  while (slots_.size() < options_.workers && !open_.empty()) {
    slots_.emplace_back(work_);
    next_task(slots_.back());
  }
}

void Pool::next_task(Slot& slot) {
  slot.open = open_.back();
  open_.pop_back();
  slot.worker.give(slot.open.task);
}

void Pool::wait_for_news() const {
  constexpr int kMilliseconds = 100;
  std::vector<pollfd> watched;
  for (const Slot& slot : slots_) {
    watched.push_back({slot.worker.answers(), POLLIN, 0});
    watched.push_back({slot.worker.messages(), POLLIN, 0});
  }
  ::poll(watched.data(), watched.size(), kMilliseconds);
}

std::vector<TaskResult> Pool::collect() {
  std::vector<TaskResult> results;
  for (auto slot = slots_.begin(); slot != slots_.end();) {
    const std::size_t task = slot->open.task;
    bool of_use = attend(*slot, results);
    if (of_use && !slot->worker.task()) {
      of_use = !open_.empty() && !needs_own_process_(task);
      if (of_use) next_task(*slot);
    }
    slot = of_use ? std::next(slot) : slots_.erase(slot);
  }
  return results;
}

bool Pool::attend(Slot& slot, std::vector<TaskResult>& results) {
  auto& [worker, own] = slot;
  worker.read_messages();
  const double seconds = worker.seconds();
  auto heard = worker.listen();
  if (heard.answer) {
    results.push_back({own.task, std::move(heard.answer), "", false, seconds});
    return !heard.ended;
  }
  if (heard.ended) {
    std::string message = worker.epitaph();
    if (++own.attempts < options_.attempts) {
      open_.push_back(own);
    } else {
      results.push_back({own.task, std::nullopt, std::move(message), false, seconds});
    }
    return false;
  }
  if (seconds > options_.timeout_seconds) {
    worker.kill();
    results.push_back({own.task, std::nullopt,
                       fmt::format("took longer than the {} seconds allowed", options_.timeout_seconds), true,
                       seconds});
    return false;
  }
  return true;
}

}  // namespace weir::sweep
