#include "sweep/pool.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction()

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::sweep {
namespace {

/// Writing to a worker that is gone must not end this process.
class IgnoreBrokenPipes {
 public:
  IgnoreBrokenPipes() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before_);
  }
  ~IgnoreBrokenPipes() { ::sigaction(SIGPIPE, &before_, nullptr); }
  IgnoreBrokenPipes(const IgnoreBrokenPipes&) = delete;
  IgnoreBrokenPipes& operator=(const IgnoreBrokenPipes&) = delete;

 private:
  struct sigaction before_ {};
};

}  // namespace

void Pool::run(const std::vector<std::size_t>& tasks,
               const std::function<bool(const std::vector<TaskResult>&)>& take) {
  const IgnoreBrokenPipes ignore;
  open_.clear();
  short_of_workers_.clear();
  for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) open_.push_back({*task, 0});
  while (true) {
    start_workers();
    if (slots_.empty()) break;
    wait_for_news();
    if (!take(collect())) break;
  }
  slots_.clear();
}

/// As many as there are tasks for, each with one.
void Pool::start_workers() {
  while (slots_.size() < options_.workers && !open_.empty()) {
    try {
      slots_.emplace_back(work_);
    } catch (const NoWorker& error) {
      if (slots_.empty()) throw;
      // What another process holds now may be free later, but asking for it all the time would cost more.
      options_.workers = static_cast<unsigned>(slots_.size());
      short_of_workers_ = error.what();
      return;
    }
    refill(slots_.back());
  }
}

std::size_t Pool::most_given(const Slot& slot) const {
  constexpr double kSeconds = 0.02;
  constexpr double kMost = 16;
  if (slot.answered == 0) return 1;
  // At the end there must be something left for the others.
  const double share = static_cast<double>(open_.size()) / (2.0 * options_.workers);
  const double soon = kSeconds / std::max(slot.seconds, 1e-6);
  return static_cast<std::size_t>(std::max(1.0, std::min({kMost, share, soon})));
}

void Pool::refill(Slot& slot) {
  while (!open_.empty() && !slot.last && slot.given.size() < most_given(slot)) {
    const Open next = open_.back();
    const bool is_last = needs_own_process_(next.task);
    if (is_last && !slot.given.empty()) return;
    const std::string known = known_ ? known_(next.task) : std::string();
    if (!slot.given.empty() && !slot.worker.has_room(known)) return;
    open_.pop_back();
    slot.given.push_back(next);
    slot.last = is_last;
    slot.worker.give(next.task, known);
  }
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
    bool of_use = attend(*slot, results);
    if (of_use) {
      refill(*slot);
      of_use = !slot->given.empty();
    }
    slot = of_use ? std::next(slot) : slots_.erase(slot);
  }
  return results;
}

Pool::Open Pool::take_back(Slot& slot) {
  const Open present = slot.given.front();
  open_.insert(open_.end(), slot.given.rbegin(), std::prev(slot.given.rend()));
  slot.given.clear();
  return present;
}

bool Pool::attend(Slot& slot, std::vector<TaskResult>& results) {
  Worker& worker = slot.worker;
  worker.read_messages();
  auto heard = worker.listen();
  for (std::string& answer : heard.answers) {
    results.push_back({slot.given.front().task, std::move(answer), "", false, heard.seconds});
    slot.given.pop_front();
    ++slot.answered;
    slot.seconds +=
        (heard.seconds - slot.seconds) / static_cast<double>(std::min<std::size_t>(slot.answered, 8));
  }
  if (heard.ended) {
    if (slot.given.empty()) return false;
    const double seconds = worker.seconds();
    Open present = take_back(slot);
    std::string message = worker.epitaph();
    if (++present.attempts < options_.attempts) {
      open_.push_back(present);
    } else {
      results.push_back({present.task, std::nullopt, std::move(message), false, seconds});
    }
    return false;
  }
  if (!slot.given.empty() && worker.seconds() > options_.timeout_seconds) {
    worker.kill();
    const double seconds = worker.seconds();
    results.push_back({take_back(slot).task, std::nullopt,
                       fmt::format("took longer than the {} seconds allowed", options_.timeout_seconds), true,
                       seconds});
    return false;
  }
  return true;
}

}  // namespace weir::sweep
