#include <gtest/gtest.h>
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
      {.workers = 3}, [](std::size_t task) { return std::to_string(task * task); }, 50);
  ASSERT_EQ(results.size(), 50);
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].answer, std::to_string(i * i));
}

TEST(SweepPool, CarriesLongAnswers) {
  const auto results = run_all(
      {.workers = 2}, [](std::size_t task) { return std::string(1'000'000 + task, 'x'); }, 4);
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].answer.value().size(), 1'000'000 + i);
}

TEST(SweepPool, UsesAProcessForEachTaskWhereAsked) {
  const Work pid = [](std::size_t) { return std::to_string(::getpid()); };
  std::set<std::string> processes;
  for (const auto& result : run_all({.workers = 2}, pid, 10, true)) processes.insert(result.answer.value());
  EXPECT_EQ(processes.size(), 10);
  EXPECT_FALSE(processes.contains(std::to_string(::getpid())));
}

TEST(SweepPool, ACrashIsThatTasksFailureAndTheOthersGoOn) {
  const Work work = [](std::size_t task) -> std::string {
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
  const Work work = [](std::size_t task) -> std::string {
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
  const Work work = [&](std::size_t) -> std::string {
    std::ofstream(name, std::ios::app) << "x";
    if (std::filesystem::file_size(name) < 3) ::raise(SIGKILL);
    return "third time";
  };
  const auto results = run_all({.workers = 1, .attempts = 3}, work, 1);
  ::unlink(name);
  EXPECT_EQ(results.at(0).answer, "third time");
}

TEST(SweepPool, ATimeOutIsThatTasksFailure) {
  const Work work = [](std::size_t task) -> std::string {
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
  const Work work = [](std::size_t) { return std::string("fine"); };
  Pool({.workers = 2}, work, [](std::size_t) {
    return false;
  }).run({0, 1, 2, 3, 4, 5, 6, 7}, [&](const auto& r) {
    done += r.size();
    return done < 3;
  });
  EXPECT_GE(done, 3);
  EXPECT_LT(done, 8);
}

}  // namespace
}  // namespace weir::sweep
