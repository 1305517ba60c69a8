#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill()
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "support/sweep.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

using test::TinySweep;

constexpr int kRounds = 50;
constexpr unsigned kSeed = 20170101;
const std::string kValues = "{from: 2, to: 17, step: 1}";  // 16 x 2 points, 64 distinct layers

/// Starts the sweep; its process.
pid_t start(const TinySweep& sweep) {
  const std::string file = sweep.file(), database = sweep.database();
  const pid_t process = ::fork();
  if (process == 0) {
    // LeakSanitizer's helper would be taken for a worker, and whom it leaves behind waits for it forever.
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    if (::chdir(WEIR_SOURCE_DIR) == 0)
      ::execl(WEIR_PROGRAM, WEIR_PROGRAM, "sweep", file.c_str(), "--database", database.c_str(), "--jobs",
              "2", "--quiet", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  return process;
}

std::vector<pid_t> children_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", process));
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

/// Whether all are gone, after a second at most.
bool are_gone(const std::vector<pid_t>& processes) {
  for (int i = 0; i < 1000; ++i) {
    bool gone = true;
    for (const pid_t process : processes) {
      // A zombie that nobody here can wait for is gone.
      std::ifstream stat(fmt::format("/proc/{}/stat", process));
      std::string pid, name, state;
      if (stat >> pid >> name >> state && state != "Z") gone = false;
    }
    if (gone) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

/// Its status; a process that has not ended after a minute is ended, which its status shows.
int wait_for(pid_t process) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  int status = 0;
  while (::waitpid(process, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) ::kill(process, SIGABRT);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return status;
}

// Kills the parent, a worker, or both at a random moment of each of 50 sweeps, and lets them go on.
TEST(SweepKill, LosesNothingAndEndsAsIfNothingHadHappened) {
  const TinySweep whole("", kValues);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(wait_for(start(whole)), 0);
  const auto duration = std::chrono::steady_clock::now() - begin;
  const auto expected = test::rows_of(whole.database());

  std::cout << "seed " << kSeed << std::endl;
  std::mt19937 random(kSeed);
  int parents = 0, workers = 0, partial = 0;
  for (int round = 0; round < kRounds; ++round) {
    const TinySweep sweep("", kValues);
    const pid_t parent = start(sweep);
    std::this_thread::sleep_for(duration * (random() % 1000) / 1000);
    const auto children = children_of(parent);
    const unsigned whom = round % 3;  // parent, worker, both
    if (whom != 0 && !children.empty()) {
      ::kill(children[random() % children.size()], SIGKILL);
      ++workers;
    }
    if (whom != 1) {
      ::kill(parent, SIGKILL);
      ++parents;
    }
    const int status = wait_for(parent);
    if (whom == 1) {
      EXPECT_EQ(status, 0) << "round " << round;
    } else {
      EXPECT_TRUE(are_gone(children)) << "workers outlive their parent";
    }
    if (fs::exists(sweep.database()) && fs::file_size(sweep.database()) > 0 && whom != 1) {
      // What had been finished is there, unchanged.
      std::vector<std::string> left;
      try {
        left = test::rows_of(sweep.database());
      } catch (const sweep::DatabaseError&) {
        // Killed before its tables were made.
      }
      std::size_t layers = 0;
      for (const auto& row : left) {
        if (!row.starts_with("layers ")) continue;
        ++layers;
        EXPECT_NE(std::find(expected.begin(), expected.end(), row), expected.end()) << row;
      }
      if (layers > 0 && layers < 64) ++partial;
    }
    ASSERT_EQ(wait_for(start(sweep)), 0) << "round " << round;
    ASSERT_EQ(test::difference(test::rows_of(sweep.database()), expected), "") << "round " << round;
    ASSERT_FALSE(fs::exists(sweep.database() + ".lock"));
  }
  std::cout << parents << " parents and " << workers << " workers killed, " << partial
            << " with results left\n";
  EXPECT_GT(partial, 0) << "no kill came in the middle: the test shows nothing";
}

TEST(SweepKill, RefusesASecondWriter) {
  const TinySweep sweep("", "{from: 2, to: 300, step: 1}");
  const pid_t parent = start(sweep);
  while (children_of(parent).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto second = sweep.run({});
  EXPECT_EQ(second.code, 2);
  EXPECT_EQ(second.err, "weir sweep: error: " + sweep.database() + ": another weir sweep is writing it\n");
  ::kill(parent, SIGTERM);
  const int status = wait_for(parent);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1);
  // Stopped in order: what is finished is there to be exported.
  const auto csv = sweep.run({"--export", "csv"});
  EXPECT_EQ(csv.code, 0) << csv.err;
}

}  // namespace
}  // namespace weir
