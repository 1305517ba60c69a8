#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "support/sanitized.h"
#include "support/sweep.h"
#include "sweep/store.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

using test::contains;
using test::Outcome;
using test::TinySweep;

bool is_one_line(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n') == 1 && text.ends_with('\n');
}

TEST(SweepFaults, FewDescriptorsAreEnoughOrAreOneLine) {
  if (test::kSanitized) GTEST_SKIP() << "the sanitizers need descriptors of their own";
  const TinySweep sweep;
  int worked = 0;
  for (int most = 4; most <= 64; most += most < 24 ? 1 : 8) {
    fs::remove(sweep.database());
    const auto outcome = test::shell("ulimit -n " + std::to_string(most) + " && exec timeout 100 " +
                                     sweep.command({"--jobs", "4"}));
    if (outcome.code == 0) {
      ++worked;
      EXPECT_TRUE(contains(outcome.out, "6 of 6 points done, 0 of them failed")) << most << outcome.out;
    } else {
      EXPECT_NE(outcome.code, 124) << most << " descriptors: it hangs";
      EXPECT_TRUE(is_one_line(outcome.err)) << most << ": " << outcome.err;
    }
  }
  EXPECT_GT(worked, 4);
}

// Few descriptors, but enough for a worker: what is left out is said.
TEST(SweepFaults, FewerWorkersThanWantedAreSaid) {
  const TinySweep sweep;
  const auto outcome = test::shell("ulimit -n 20 && exec timeout 100 " + sweep.command({"--jobs", "8"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(
      outcome.out,
      "  with fewer worker processes than --jobs: no pipe to a worker process: Too many open files\n"))
      << outcome.out;
}

/// The rows of a database that are as they were written.
std::vector<std::string> sound_rows_of(const std::string& database) {
  {
    auto store = sweep::open_store(database);
    for (const char* table : {"layers", "points", "point_layers", "sweeps", "sweep_points"})
      store.execute(fmt::format("DELETE FROM {0} AS t WHERE NOT {1}", table, is_sound(store, table, "t")));
  }
  return test::rows_of(database);
}

TEST(SweepFaults, ADamagedRowIsMadeAgainAndSaid) {
  const TinySweep sweep;
  ASSERT_EQ(sweep.run({}).code, 0);
  const auto expected = test::rows_of(sweep.database());
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"UPDATE layers SET stats = replace(stats, '\"macs\":', '\"macs\":1') WHERE layer_key = (SELECT "
       "min(layer_key) FROM layers)",
       "1 layers computed"},
      {"UPDATE layers SET cycles = cycles + 1 WHERE layer_key = (SELECT max(layer_key) FROM layers)",
       "1 layers computed"},
      {"UPDATE layers SET failure = 'refused' WHERE layer_key = (SELECT max(layer_key) FROM layers)",
       "1 layers computed"},
      {"UPDATE layers SET failure = 'x', checksum = 0 WHERE layer_key = (SELECT max(layer_key) FROM layers)",
       "1 layers computed"},
      {"UPDATE points SET energy = 1 WHERE point_key = (SELECT min(point_key) FROM points)",
       "0 layers computed"},
      {"UPDATE point_layers SET layer = 'z' WHERE point_key = (SELECT min(point_key) FROM points) AND "
       "position = 1",
       "0 layers computed"},
      {"UPDATE point_layers SET checksum = 0 WHERE point_key = (SELECT min(point_key) FROM points) AND "
       "position = 1",
       "0 layers computed"}};
  for (const auto& [sql, computed] : changes) {
    test::execute_sql(sweep.database(), sql);
    ASSERT_NE(test::difference(test::rows_of(sweep.database()), expected), "") << sql;
    const auto outcome = sweep.run({});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, "  1 rows of the database were damaged, and were made again\n"))
        << sql << "\n"
        << outcome.out;
    EXPECT_TRUE(contains(outcome.out, computed)) << sql << "\n" << outcome.out;
    EXPECT_EQ(test::difference(test::rows_of(sweep.database()), expected), "") << sql;
    EXPECT_FALSE(contains(sweep.run({}).out, "damaged")) << sql;
  }
}

// Any bytes of the file: either one line, or all results as they were.
TEST(SweepFaults, ADamagedFileGivesNoOtherResults) {
  const TinySweep sweep;
  ASSERT_EQ(sweep.run({}).code, 0);
  const auto expected = test::rows_of(sweep.database());
  const std::string whole = test::read_file(sweep.database());
  std::mt19937 random(7);
  int resumed = 0, refused = 0;
  for (int round = 0; round < 120; ++round) {
    std::string damaged = whole;
    for (unsigned i = 0; i < (round % 3 == 0 ? 20U : 1U); ++i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    std::ofstream(sweep.database(), std::ios::binary) << damaged;
    const auto outcome = sweep.run({"--jobs", "1"});
    if (outcome.code == 0) {
      ++resumed;
      EXPECT_EQ(test::difference(sound_rows_of(sweep.database()), expected), "") << "round " << round;
    } else {
      ++refused;
      EXPECT_TRUE(is_one_line(outcome.err)) << outcome.err;
    }
    for (const char* more : {"", "-wal", "-shm", "-journal"}) fs::remove(sweep.database() + more);
  }
  std::cout << resumed << " resumed, " << refused << " refused\n";
  EXPECT_GT(resumed, 0);
}

TEST(SweepFaults, DamagedLayersOfShardsAreLeftOut) {
  const TinySweep whole, parts;
  ASSERT_EQ(whole.run({}).code, 0);
  for (const char* shard : {"1/2", "2/2"}) ASSERT_EQ(parts.run({"--shard", shard}).code, 0);
  const auto shard = (parts.folder().path() / "tiny.shard-1-of-2.sqlite").string();
  test::execute_sql(shard,
                    "UPDATE layers SET energy = 1 WHERE layer_key = (SELECT min(layer_key) FROM layers)");
  const auto merged = parts.run({"--merge"});
  EXPECT_EQ(merged.code, 1);
  EXPECT_TRUE(contains(merged.out, "  1 layers of the shards are damaged, and were left out\n"))
      << merged.out;
  EXPECT_TRUE(contains(merged.err, "1 of 12 layers have no result yet")) << merged.err;
  ASSERT_EQ(parts.run({"--shard", "1/2"}).code, 0);
  ASSERT_EQ(parts.run({"--merge"}).code, 0);
  EXPECT_EQ(test::difference(test::rows_of(parts.database()), test::rows_of(whole.database())), "");
}

TEST(SweepFaults, TwoAtOnceLoseNothing) {
  const TinySweep alone("", "{from: 2, to: 41, step: 1}"), shared("", "{from: 2, to: 41, step: 1}");
  ASSERT_EQ(alone.run({}).code, 0);
  for (int round = 0; round < 3; ++round) {
    std::vector<Outcome> outcomes(3);
    {
      std::vector<std::jthread> threads;
      for (Outcome& outcome : outcomes)
        threads.emplace_back([&] { outcome = shared.run({"--jobs", "2", "--retry"}); });
    }
    int done = 0;
    for (const Outcome& outcome : outcomes) {
      done += outcome.code == 0;
      if (outcome.code == 0) continue;
      EXPECT_EQ(outcome.err,
                "weir sweep: error: " + shared.database() + ": another weir sweep is writing it\n");
    }
    EXPECT_GE(done, 1);
  }
  EXPECT_EQ(test::difference(test::rows_of(shared.database()), test::rows_of(alone.database())), "");
  EXPECT_FALSE(fs::exists(shared.database() + ".lock"));
}

/// A file system of so many KiB in a folder, for as long as it lives; where this user may have one.
class SmallDisk {
 public:
  SmallDisk(std::string folder, int kib) : folder_(std::move(folder)) {
    fs::create_directory(folder_);
    is_there_ = mount("-t tmpfs -o size=" + std::to_string(kib) + "k tmpfs");
  }
  ~SmallDisk() {
    if (is_there_) test::shell("umount '" + folder_ + "'");
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool is_there() const { return is_there_; }
  bool grow() const { return mount("-o remount,size=32m"); }
  std::string database() const { return folder_ + "/d.sqlite"; }

 private:
  bool mount(const std::string& options) const {
    return test::shell("mount " + options + " '" + folder_ + "'").code == 0;
  }
  std::string folder_;
  bool is_there_ = false;
};

// Full before the tables stand, in the first rows, in the middle of the results and near their end.
TEST(SweepFaults, AFullDiskIsOneLineAndLosesNothing) {
  const TinySweep sweep("", "{from: 2, to: 41, step: 1}");
  ASSERT_EQ(sweep.run({}).code, 0);
  const auto expected = test::rows_of(sweep.database());
  for (const int kib : {64, 128, 256, 512}) {
    SCOPED_TRACE(kib);
    const SmallDisk disk((sweep.folder().path() / "disk").string(), kib);
    if (!disk.is_there()) GTEST_SKIP() << "no file system of its own";
    const auto run = [&] {
      return test::weir({"sweep", sweep.file(), "--database", disk.database(), "--jobs", "2"});
    };
    const auto full = run();
    EXPECT_EQ(full.code, 2) << full.out;
    EXPECT_EQ(full.err, "weir sweep: error: " + disk.database() + ": database or disk is full\n");
    ASSERT_TRUE(disk.grow());
    const auto rest = run();
    EXPECT_EQ(rest.code, 0) << rest.err;
    EXPECT_TRUE(contains(rest.out, "80 of 80 points done, 0 of them failed")) << rest.out;
    EXPECT_FALSE(contains(rest.out, "damaged")) << rest.out;
    EXPECT_EQ(test::difference(test::rows_of(disk.database()), expected), "");
  }
}

TEST(SweepFaults, RefusesADatabaseOfTheFirstSchema) {
  const TinySweep sweep;
  test::execute_sql(sweep.database(),
                    "CREATE TABLE layers (layer_key TEXT PRIMARY KEY, failure TEXT NOT NULL) WITHOUT ROWID;"
                    "PRAGMA application_id=1464158546; PRAGMA user_version=1");
  const std::string before = test::read_file(sweep.database());
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"--export", "csv"}, {"--merge"}, {"--dry-run"}}) {
    const auto outcome = sweep.run(arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err,
              "weir sweep: error: " + sweep.database() +
                  ": written with schema 1 of result databases; this weir reads schema 3 only: keep the "
                  "file for the weir that wrote it, and give another with --database\n");
  }
  EXPECT_EQ(test::read_file(sweep.database()), before);
}

// The program alone takes more than half of that memory.
TEST(SweepFaults, ALargeGridIsNotHeld) {
  if (test::kSanitized) GTEST_SKIP() << "the sanitizers need more addresses";
  const TinySweep sweep("", "{from: 1, to: 20000, step: 1}", "clock_mhz");
  const std::string file = test::read_file(sweep.file());
  std::ofstream(sweep.file()) << file << "where: clock_mhz > 19999\n";
  const auto outcome = test::shell("ulimit -v 400000 && exec " + sweep.command({"--dry-run", "--jobs", "1"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "2 points (of a grid of 40000; 39998 ruled out")) << outcome.out;
}

}  // namespace
}  // namespace weir
