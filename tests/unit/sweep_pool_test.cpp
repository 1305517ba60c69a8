#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>
#include <set>
#include <thread>

#include "support/sanitized.h"
#include "sweep/pool.h"

namespace weir::sweep {
namespace {

std::vector<TaskResult> run_all(PoolOptions options, const Work& work, std::size_t count,
                                bool own_process = false) {
  std::vector<std::size_t> tasks(count);
  std::iota(tasks.begin(), tasks.end(), std::size_t{0});
  std::vector<TaskResult> all;
  Pool(options, work, [=](std::size_t) { return own_process; }).run(tasks, [&](const auto& results) {
    all.insert(all.end(), results.begin(), results.end());
    return true;
  });
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.task < b.task; });
  return all;
}

TEST(SweepPool, AnswersEveryTaskOnce) {
  const auto results = run_all(
      {.workers = 3}, [](std::size_t task, const std::string&) { return std::to_string(task * task); }, 50);
  ASSERT_EQ(results.size(), 50);
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].answer, std::to_string(i * i));
}

TEST(SweepPool, CarriesLongAnswers) {
  const auto results = run_all(
      {.workers = 2}, [](std::size_t task, const std::string&) { return std::string(1'000'000 + task, 'x'); },
      4);
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].answer.value().size(), 1'000'000 + i);
}

TEST(SweepPool, UsesAProcessForEachTaskWhereAsked) {
  const Work pid = [](std::size_t, const std::string&) { return std::to_string(::getpid()); };
  std::set<std::string> processes;
  for (const auto& result : run_all({.workers = 2}, pid, 10, true)) processes.insert(result.answer.value());
  EXPECT_EQ(processes.size(), 10);
  EXPECT_FALSE(processes.contains(std::to_string(::getpid())));
}

TEST(SweepPool, ACrashIsThatTasksFailureAndTheOthersGoOn) {
  const Work work = [](std::size_t task, const std::string&) -> std::string {
    if (task != 3) return "fine";
    std::cerr << "first line\nwhat went wrong" << std::endl;
    ::raise(SIGKILL);
    return "";
  };
  const auto results = run_all({.workers = 2}, work, 8);
  ASSERT_EQ(results.size(), 8);
  for (const auto& result : results) EXPECT_EQ(result.answer.has_value(), result.task != 3);
  EXPECT_EQ(results[3].message, "the worker process was ended by signal 9 (Killed): what went wrong");
  EXPECT_FALSE(results[3].timed_out);
}

TEST(SweepPool, ExceptionsAndExitsAreCrashes) {
  const Work work = [](std::size_t task, const std::string&) -> std::string {
    if (task == 0) throw std::runtime_error("no such thing");
    std::_Exit(7);
  };
  const auto results = run_all({.workers = 1}, work, 2);
  EXPECT_EQ(results[0].message, "the worker process ended with exit code 1: no such thing");
  EXPECT_EQ(results[1].message, "the worker process ended with exit code 7");
}

TEST(SweepPool, TriesAgainAfterACrash) {
  // A file says in which attempt it is: workers share nothing else.
  char name[] = "/tmp/weir-attempts-XXXXXX";
  ::close(::mkstemp(name));
  const Work work = [&](std::size_t, const std::string&) -> std::string {
    std::ofstream(name, std::ios::app) << "x";
    if (std::filesystem::file_size(name) < 3) ::raise(SIGKILL);
    return "third time";
  };
  const auto results = run_all({.workers = 1, .attempts = 3}, work, 1);
  ::unlink(name);
  EXPECT_EQ(results.at(0).answer, "third time");
}

TEST(SweepPool, ATimeOutIsThatTasksFailure) {
  const Work work = [](std::size_t task, const std::string&) -> std::string {
    if (task == 1) std::this_thread::sleep_for(std::chrono::hours(1));
    return "fine";
  };
  const auto results = run_all({.workers = 2, .timeout_seconds = 0.3}, work, 4);
  ASSERT_EQ(results.size(), 4);
  EXPECT_TRUE(results[1].timed_out);
  EXPECT_EQ(results[1].message, "took longer than the 0.3 seconds allowed");
  for (const std::size_t i : {0, 2, 3}) EXPECT_EQ(results[i].answer, "fine");
}

TEST(SweepPool, StopsWhenAskedTo) {
  std::size_t done = 0;
  const Work work = [](std::size_t, const std::string&) { return std::string("fine"); };
  Pool({.workers = 2}, work, [](std::size_t) {
    return false;
  }).run({0, 1, 2, 3, 4, 5, 6, 7}, [&](const auto& r) {
    done += r.size();
    return done < 3;
  });
  EXPECT_GE(done, 3);
  EXPECT_LT(done, 8);
}

/// No descriptors above `most`, for a while.
class FewDescriptors {
 public:
  explicit FewDescriptors(unsigned most) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit limit{most, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

/// The lowest descriptor that is free.
unsigned free_descriptor() {
  const int lowest = ::dup(STDERR_FILENO);
  ::close(lowest);
  return static_cast<unsigned>(lowest);
}

// A worker takes three descriptors, and twice as many besides while it is made.
TEST(SweepPool, GoesOnWithFewerWorkersWhereNoMoreCanBeStarted) {
  if (test::kSanitized) GTEST_SKIP() << "the sanitizers need descriptors of their own";
  const FewDescriptors few(free_descriptor() + 11);
  std::vector<std::size_t> tasks(20);
  std::iota(tasks.begin(), tasks.end(), std::size_t{0});
  std::set<std::string> processes;
  Pool pool(
      {.workers = 8}, [](std::size_t, const std::string&) { return std::to_string(::getpid()); },
      [](std::size_t) { return false; });
  std::size_t done = 0;
  pool.run(tasks, [&](const auto& results) {
    for (const auto& result : results) processes.insert(result.answer.value());
    done += results.size();
    return true;
  });
  EXPECT_EQ(done, 20);
  EXPECT_LT(processes.size(), 8);
  EXPECT_EQ(pool.short_of_workers(), "no pipe to a worker process: Too many open files");
}

TEST(SweepPool, NoWorkerAtAllIsAnError) {
  if (test::kSanitized) GTEST_SKIP() << "the sanitizers need descriptors of their own";
  for (unsigned more = 0; more < 6; ++more) {
    const FewDescriptors few(free_descriptor() + more);
    EXPECT_THROW(run_all(
                     {.workers = 2}, [](std::size_t, const std::string&) { return std::string(); }, 2),
                 NoWorker)
        << more;
  }
}

TEST(SweepPool, TellsWorkersWhatIsKnownOfTheirTasks) {
  std::vector<std::size_t> tasks(100);
  std::iota(tasks.begin(), tasks.end(), std::size_t{0});
  // Some fill a pipe.
  const auto known = [](std::size_t task) { return std::string(task % 7 == 0 ? 100'000 : task, 'x'); };
  std::size_t done = 0;
  Pool(
      {.workers = 3}, [](std::size_t, const std::string& text) { return text; },
      [](std::size_t) { return false; }, known)
      .run(tasks, [&](const auto& results) {
        for (const auto& result : results) EXPECT_EQ(result.answer, known(result.task)) << result.task;
        done += results.size();
        return true;
      });
  EXPECT_EQ(done, 100);
}

// Quick tasks are given several at a time: only the one that was worked on is to blame.
TEST(SweepPool, TasksBehindOneThatCrashesAreDoneByOthers) {
  const Work work = [](std::size_t task, const std::string&) -> std::string {
    if (task % 50 == 49) ::raise(SIGKILL);
    return "fine";
  };
  const auto results = run_all({.workers = 2, .attempts = 2}, work, 200);
  ASSERT_EQ(results.size(), 200);
  for (const auto& result : results)
    EXPECT_EQ(result.answer.has_value(), result.task % 50 != 49) << result.task;
}

}  // namespace
}  // namespace weir::sweep
