#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "support/program.h"
#include "support/sweep_spec.h"
#include "sweep/lock.h"
#include "sweep/run.h"
#include "sweep/store.h"
#include "sweep/trusted_path.h"

namespace weir::sweep {
namespace {

namespace fs = std::filesystem;

using stats::Action;
using stats::Component;
using test::TemporaryFolder;

// Energies 10, 40, 20 and times 40, 10, 15: their products are 400, 400, 300.
TEST(SweepStore, TheBestPointIsByTheSweepsObjective) {
  const std::vector<std::pair<std::string, std::size_t>> best = {{"energy", 0}, {"latency", 1}, {"edp", 2}};
  for (const auto& [objective, expected] : best) {
    const TemporaryFolder folder;
    const SweepSpec spec = test::eyeriss_sweep("  layers: [conv3]\n  objective: " + objective +
                                               "\naxes: {clock_mhz: [1, 2, 4]}\n");
    const auto points = make_points(spec).points;
    RunOptions options;
    options.database = folder.path() / "d.sqlite";
    {
      Connection store = open_store(options.database);
      const std::vector<std::int64_t> energies = {10, 40, 20}, milliseconds = {40, 10, 15};
      for (std::size_t i = 0; i < 3; ++i) {
        LayerOutcome outcome;
        outcome.stats.counts.add(Component::mac, Tensor::psum, Action::mac, energies[i]);
        outcome.stats.cycles =
            milliseconds[i] * static_cast<std::int64_t>(1000 * points[i].accelerator.clock_mhz);
        put_layer(store, points[i], 0, outcome);
      }
    }
    // The first time points are written, the second time they are found.
    for (int i = 0; i < 2; ++i) {
      const SweepState state = run_sweep(spec, points, options, [](const SweepState&) { return true; });
      EXPECT_EQ(state.best_point, expected) << objective;
      EXPECT_DOUBLE_EQ(state.best.value(), objective == "edp" ? 300 : 10) << objective;
      EXPECT_EQ(state.layers_done, 0);
    }
  }
}

// Digests by sha256sum of the bytes that checksum.h describes; the plots' test has the same ones.
TEST(SweepStore, AChecksumIsOfTheValuesAndTheirTypes) {
  const TemporaryFolder folder;
  Connection store(folder.path() / "d.sqlite", Connection::Mode::write);
  const auto sum = [&](const std::string& values) {
    auto select = store.prepare("SELECT printf('%016x', weir_checksum(" + values + "))");
    select.step();
    return select.text(0);
  };
  EXPECT_EQ(sum(""), "e3b0c44298fc1c14");
  EXPECT_EQ(sum("NULL, 'ab', -7, 3.0, -0.1"), "c9b9596ec32a2cdb");
  EXPECT_EQ(sum("NULL, 'ab', -7, 3, -0.1, x'00ff'"), "8d44cf625576b07d");
  EXPECT_NE(sum("'a', 'b'"), sum("'ab', ''"));
  EXPECT_NE(sum("'1'"), sum("1"));
  EXPECT_NE(sum("9007199254740993"), sum("9007199254740992"));
}

/// The message of the DatabaseError that `act` throws, or "no error".
template <typename Act>
std::string database_error_of(Act act) {
  try {
    act();
  } catch (const DatabaseError& error) {
    return error.what();
  }
  return "no error";
}

// A database that may have no more pages: SQLite says the same as on a full disk, in a step of a statement or
// in what runs it whole.
TEST(SweepStore, AFullDiskIsAnErrorOfEveryStatement) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "d.sqlite";
  const std::string full = path.string() + ": database or disk is full";
  Connection store(path, Connection::Mode::write);
  store.execute("CREATE TABLE t (x)");
  store.execute("PRAGMA max_page_count = 4");
  const std::string insert = "INSERT INTO t VALUES (zeroblob(100000))";
  EXPECT_EQ(database_error_of([&] { store.execute(insert); }), full);
  EXPECT_EQ(database_error_of([&] { store.prepare(insert).step(); }), full);
  EXPECT_EQ(database_error_of([&] { store.prepared(insert).run(); }), full);
  {
    Transaction transaction(store);
    store.execute("INSERT INTO t VALUES (1)");
    EXPECT_EQ(database_error_of([&] { store.prepared(insert).run(); }), full);
  }
  const auto rows = [&] {
    auto select = store.prepare("SELECT count(*) FROM t");
    return select.step() ? select.integer(0) : -1;
  };
  EXPECT_EQ(rows(), 0);
  store.execute("PRAGMA max_page_count = 4000");
  EXPECT_EQ(database_error_of([&] { store.prepared(insert).run(); }), "no error");
  EXPECT_EQ(rows(), 1);
}

TEST(SweepStore, LinksOfOthersAreNotFollowed) {
  const TemporaryFolder folder;
  const fs::path real = folder.path() / "real.sqlite", link = folder.path() / "link.sqlite";
  fs::create_symlink("real.sqlite", link);
  EXPECT_EQ(trusted_path(link), fs::canonical(folder.path()) / "real.sqlite");
  fs::create_directory_symlink(folder.path(), folder.path() / "here");
  EXPECT_EQ(trusted_path(folder.path() / "here" / ".." / fs::path(folder.path()).filename() / "link.sqlite"),
            fs::canonical(folder.path()) / "real.sqlite");
  { open_store(link); }
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_GT(fs::file_size(real), 0);
  fs::create_symlink("loop", folder.path() / "loop");
  EXPECT_THROW(trusted_path(folder.path() / "loop"), DatabaseError);
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make another user's link";
  constexpr uid_t kOther = 65534;
  ASSERT_EQ(::lchown(link.c_str(), kOther, kOther), 0);
  for (const fs::path& path : {link, folder.path() / "here" / "link.sqlite"}) {
    EXPECT_THROW(trusted_path(path), DatabaseError);
    EXPECT_THROW(Lock{path}, DatabaseError);
    EXPECT_THROW(open_store(path), DatabaseError);
    EXPECT_THROW(open_store_to_read(path), DatabaseError);
  }
  ASSERT_EQ(::lchown((folder.path() / "here").c_str(), kOther, kOther), 0);
  EXPECT_THROW(trusted_path(folder.path() / "here" / "real.sqlite"), DatabaseError);
}

TEST(SweepStore, WhatHasTheLocksNameIsLeftAlone) {
  const TemporaryFolder folder;
  const std::string victim = folder.write("victim", "precious");
  const fs::path database = folder.path() / "d.sqlite", lock = folder.path() / "d.sqlite.lock";
  const auto refusal = [&] {
    try {
      const Lock held(database);
      return std::string("locked");
    } catch (const DatabaseError& error) {
      return std::string(error.what());
    }
  };
  const std::string begin =
      database.string() + ": " + fs::canonical(folder.path()).string() + "/d.sqlite.lock is ";
  fs::create_symlink(victim, lock);
  EXPECT_EQ(refusal(), begin + "a symbolic link; allowed is none there");
  EXPECT_EQ(test::read_file(victim), "precious");
  fs::remove(lock);
  fs::create_symlink(folder.path() / "nowhere", lock);
  EXPECT_EQ(refusal(), begin + "a symbolic link; allowed is none there");
  EXPECT_FALSE(fs::exists(folder.path() / "nowhere"));
  fs::remove(lock);
  ASSERT_EQ(::mkfifo(lock.c_str(), 0600), 0);
  EXPECT_EQ(refusal(), begin + "no lock of weir sweep; allowed is none there");
  EXPECT_TRUE(fs::exists(lock));
  fs::remove(lock);
  folder.write("d.sqlite.lock", "somebody's");
  EXPECT_EQ(refusal(), begin + "no lock of weir sweep; allowed is none there");
  EXPECT_EQ(test::read_file(lock), "somebody's");
  fs::remove(lock);
  EXPECT_EQ(refusal(), "locked");
  EXPECT_FALSE(fs::exists(lock));
  // One that a killed process left.
  folder.write("d.sqlite.lock", "");
  EXPECT_EQ(refusal(), "locked");
}

TEST(SweepStore, OnlyARegularFileIsADatabase) {
  const TemporaryFolder folder;
  const fs::path fifo = folder.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  for (const fs::path& path : {fifo, fs::path("/dev/null"), fs::path("/dev/full")}) {
    EXPECT_THROW(open_store(path), DatabaseError) << path;
    EXPECT_THROW(open_store_to_read(path), DatabaseError) << path;
    EXPECT_THROW(Lock{path}, DatabaseError) << path;
  }
}

}  // namespace
}  // namespace weir::sweep
