#include "support/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "support/program.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

using test::contains;
using test::Outcome;
using test::TemporaryFolder;
using test::TinySweep;
using test::weir;

/// What the first line of a summary says behind "sweep tiny: ".
std::string first_line(const Outcome& outcome) { return outcome.out.substr(0, outcome.out.find('\n')); }

TEST(Sweep, ComputesOnlyWhatIsNew) {
  const TinySweep sweep;
  EXPECT_EQ(sweep.run({}).code, 0);
  // Two layers alike, so two distinct ones at each of 6 points; the rest of the line has the time.
  const auto again = first_line(sweep.run({}));
  EXPECT_TRUE(contains(again, "6 of 6 points done, 0 of them failed; 0 layers computed")) << again;
  EXPECT_TRUE(contains(again, "12 reused")) << again;
  // One more value on an axis of three by two: two points of two layers.
  sweep.write("[2, 4, 8, 16]");
  const auto more = first_line(sweep.run({}));
  EXPECT_TRUE(contains(more, "8 of 8 points done, 0 of them failed; 4 layers computed")) << more;
  EXPECT_TRUE(contains(more, "12 reused")) << more;
}

TEST(Sweep, GivesWhatMapAndRunGive) {
  const TinySweep sweep;
  ASSERT_EQ(sweep.run({}).code, 0);
  const auto points = nlohmann::json::parse(sweep.run({"--export", "json"}).out)["points"];
  ASSERT_EQ(points.size(), 6);
  for (const auto& point : points) {
    const std::string words = point["coordinates"]["pe.psum_rf.words"],
                      bandwidth = point["coordinates"]["networks.psum_in.words_per_cycle"];
    const std::string mapping = "mappings:\n  a: " + point["layers"][0]["mapping"].dump() +
                                "\n  b: " + point["layers"][1]["mapping"].dump() +
                                "\n  c: " + point["layers"][2]["mapping"].dump() + "\n";
    const auto out =
        weir({"run", "--accelerator", "eyeriss", "--workload", sweep.workload(), "--mapping",
              sweep.folder().write("found.yaml", mapping), "--set", "pe.psum_rf.words=" + words, "--set",
              "networks.psum_in.words_per_cycle=" + bandwidth, "--batch", "2", "--json"});
    ASSERT_EQ(out.code, 0) << out.err;
    const auto run = nlohmann::json::parse(out.out);
    EXPECT_DOUBLE_EQ(run["totals"]["energy"].get<double>(), point["energy"].get<double>());
    EXPECT_EQ(run["totals"]["dram_words"], point["dram_words"]);
    EXPECT_EQ(run["totals"]["macs"], point["macs"]);
    EXPECT_EQ(run["totals"]["cycles"], point["cycles"]);
    EXPECT_EQ(run["inputs"]["accelerator"], point["inputs"]);
    EXPECT_DOUBLE_EQ(point["edp"].get<double>(),
                     point["energy"].get<double>() * point["cycles"].get<double>());
  }
}

TEST(Sweep, TheSummaryNamesTheBestPointByTheObjective) {
  using Cost = std::function<double(const nlohmann::json& point)>;
  const auto energy = [](const nlohmann::json& point) { return point["energy"].get<double>(); };
  const auto time = [](const nlohmann::json& point) { return point["milliseconds"].get<double>(); };
  const std::vector<std::tuple<std::string, std::string, Cost, std::string>> objectives = {
      {"energy", "MAC", energy, "clock_mhz=100, "},
      {"latency", "ms", time, "clock_mhz=400, "},
      {"edp", "MAC ms", [=](const auto& p) { return energy(p) * time(p); }, "clock_mhz=400, "}};
  for (const auto& [objective, unit, cost, coordinates] : objectives) {
    const TinySweep sweep("  objective: " + objective + "\n", "[100, 400, 200]", "clock_mhz");
    const auto out = sweep.run({}).out;
    const auto points = nlohmann::json::parse(sweep.run({"--export", "json"}).out)["points"];
    double least = cost(points.front());
    for (const auto& point : points) least = std::min(least, cost(point));
    const auto line = out.substr(out.find("least "));
    const auto head = fmt::format("least {}: {:.6g} {} at point ", objective, least, unit);
    ASSERT_TRUE(line.starts_with(head)) << line;
    const auto named = std::stoul(line.substr(head.size()));
    EXPECT_DOUBLE_EQ(cost(points[named]), least) << line;
    EXPECT_NE(line.find(fmt::format("point {} ({}", named, coordinates)), std::string::npos) << line;
  }
}

TEST(Sweep, SimulatesWithTheSimulatorsCyclesAndVerifies) {
  const TinySweep sweep("  fidelity: simulate\n  data: on\n");
  ASSERT_EQ(sweep.run({"--jobs", "2"}).code, 0);
  const auto points = nlohmann::json::parse(sweep.run({"--export", "json"}).out)["points"];
  const auto& layer = points[0]["layers"][1];
  const std::string mapping = "mappings:\n  b: " + layer["mapping"].dump() + "\n";
  const auto run = nlohmann::json::parse(
      weir({"run", "--accelerator", "eyeriss", "--workload", sweep.workload(), "--mapping",
            sweep.folder().write("found.yaml", mapping), "--layer", "b", "--set", "pe.psum_rf.words=2",
            "--set", "networks.psum_in.words_per_cycle=1", "--batch", "2", "--json"})
          .out);
  EXPECT_EQ(run["layers"][0]["cycles"], layer["cycles"]);
  EXPECT_EQ(run["layers"][0]["bound_by"], layer["bound_by"]);
  EXPECT_EQ(layer["verified"], "yes");
}

// A batch of two has 64 words in and 16 out, a cycle of the link each, and 64 operations at one a cycle.
TEST(Sweep, TakesMemoryBoundLayersWithAndWithoutValues) {
  for (const auto* mode : {"fidelity: simulate\n  data: on", "fidelity: estimate"}) {
    const TinySweep sweep(std::string("  ") + mode + "\n  set: {vector_unit.operations_per_cycle: 1}\n",
                          "[100]", "dram.words_per_cycle");
    sweep.folder().write(
        "tiny-net.yaml",
        "workload: tiny-net\nlayers:\n"
        "  - {name: a, kind: pool, operation: max, inputs: [[4, 8]], output: [2, 4], "
        "filter: [2, 2], stride: 2, operations_per_output: 4}\n"
        "  - {name: b, kind: softmax, inputs: [[8]], output: [8], operations_per_output: 5}\n");
    const auto outcome = sweep.run({});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const auto points = nlohmann::json::parse(sweep.run({"--export", "json"}).out)["points"];
    const auto& layers = points[0]["layers"];
    EXPECT_EQ(layers[0]["verified"], std::string(mode).starts_with("fidelity: simulate") ? "yes" : "off");
    EXPECT_EQ(layers[1]["verified"], "none");
    EXPECT_EQ(layers[0]["bound_by"], "vector_unit");
    EXPECT_EQ(layers[0]["cycles"], 64);
  }
}

TEST(Sweep, AClosedFormCountsWhatAnEstimateCounts) {
  // The same sweep in one fidelity after the other; Eyeriss must not gate for it.
  const auto layers_with = [](const std::string& fidelity) {
    const TinySweep sweep("  fidelity: " + fidelity + "\n  set: {pe.zero_gating: false}\n");
    EXPECT_EQ(sweep.run({}).code, 0);
    const auto points = nlohmann::json::parse(sweep.run({"--export", "json"}).out).at("points");
    EXPECT_EQ(points.size(), 6);
    return points;
  };
  const auto counted = layers_with("closed_form"), estimated = layers_with("estimate");
  for (std::size_t i = 0; i < counted.size(); ++i) {
    for (const char* column :
         {"energy", "energy_dram", "energy_register_file", "dram_words", "global_buffer_words"})
      EXPECT_EQ(counted[i].at(column), estimated[i].at(column)) << column << " of point " << i;
    EXPECT_GT(counted[i].at("cycles"), 0);
    EXPECT_EQ(counted[i].at("layers").at(0).at("bound_by"), "");
    EXPECT_NE(estimated[i].at("layers").at(0).at("bound_by"), "");
  }
}

TEST(Sweep, DoesNotDependOnTheNumberOfWorkers) {
  const TinySweep one, three;
  ASSERT_EQ(one.run({"--jobs", "1"}).code, 0);
  ASSERT_EQ(three.run({"--jobs", "3"}).code, 0);
  EXPECT_EQ(test::difference(test::rows_of(one.database()), test::rows_of(three.database())), "");
  EXPECT_EQ(one.run({"--export", "csv"}).out, three.run({"--export", "csv"}).out);
}

TEST(Sweep, ADryRunCountsAndWritesNothing) {
  const TinySweep sweep;
  const auto outcome = sweep.run({"--dry-run", "--jobs", "2"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(
      contains(outcome.out, "sweep tiny: 6 points, 18 layers, 12 of them distinct, 12 to be computed\n"))
      << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "expected time: 0:0")) << outcome.out;
  EXPECT_EQ(sweep.folder().names().size(), 2);  // the sweep and its workload
}

TEST(Sweep, APointThatCannotBeMappedIsItsFailure) {
  const TinySweep sweep("", "[2, 3]", "pe.weight_rf.words");
  const auto outcome = sweep.run({});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "4 of 4 points done, 2 of them failed")) << outcome.out;
  EXPECT_TRUE(
      contains(outcome.out,
               "point 0 (pe.weight_rf.words=2, networks.psum_in.words_per_cycle=1): a: cannot be "
               "mapped: weight tile in weight_rf: 3 needed for the smallest tile, 2 there: 1 too many\n"))
      << outcome.out;
  const auto points = nlohmann::json::parse(sweep.run({"--export", "json"}).out)["points"];
  EXPECT_EQ(points[0]["failure"], "refused");
  EXPECT_TRUE(points[0]["energy"].is_null());
  EXPECT_EQ(points[2]["failure"], "");
}

TEST(Sweep, ShardsJoinToWhatOneMachineGives) {
  const TinySweep whole, parts;
  ASSERT_EQ(whole.run({}).code, 0);
  ASSERT_EQ(parts.run({"--shard", "2/3"}).code, 0);
  const auto early = parts.run({"--merge"});
  EXPECT_EQ(early.code, 1);
  EXPECT_TRUE(contains(early.err, "of 12 layers have no result yet: run the shards that are missing\n"))
      << early.err;
  ASSERT_EQ(parts.run({"--shard", "1/3"}).code, 0);
  ASSERT_EQ(parts.run({"--shard", "3/3"}).code, 0);
  for (int i = 0; i < 3; ++i) {
    const auto merged = parts.run({"--merge"});
    EXPECT_EQ(merged.code, 0) << merged.err;
    EXPECT_TRUE(contains(merged.out, "3 shards joined")) << merged.out;
    EXPECT_EQ(test::difference(test::rows_of(parts.database()), test::rows_of(whole.database())), "");
  }
  // Nothing is left for one machine.
  EXPECT_TRUE(contains(first_line(parts.run({})), "; 0 layers computed"));
}

TEST(Sweep, AFullDiskIsOneLineAndWhatWasFinishedStays) {
  const TinySweep sweep;
  ASSERT_EQ(sweep.run({}).code, 0);
  const auto before = test::rows_of(sweep.database());
  sweep.write("{from: 2, to: 200, step: 1}");
  // No file may grow beyond so many blocks of 512 bytes. SQLite hears another error than from a full disk
  // (SweepFaults, AFullDiskIsOneLineAndLosesNothing).
  const auto blocks = fs::file_size(sweep.database()) / 512 + 200;
  const auto outcome =
      test::shell("ulimit -f " + std::to_string(blocks) + " && exec " + sweep.command({"--jobs", "2"}));
  EXPECT_EQ(outcome.code, 2) << outcome.out;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_TRUE(outcome.err.starts_with("weir sweep: error: " + sweep.database() + ": disk I/O error"))
      << outcome.err;
  const auto after = test::rows_of(sweep.database());
  for (const auto& row : before) {
    if (row.starts_with("layers ")) {
      EXPECT_NE(std::find(after.begin(), after.end(), row), after.end());
    }
  }
  const TinySweep undisturbed("", "{from: 2, to: 200, step: 1}");
  ASSERT_EQ(undisturbed.run({}).code, 0);
  ASSERT_EQ(sweep.run({}).code, 0);
  EXPECT_EQ(test::difference(test::rows_of(sweep.database()), test::rows_of(undisturbed.database())), "");
}

TEST(Sweep, RefusesWhatItCannotWriteOrRead) {
  const TinySweep sweep;
  const auto read_only = weir({"sweep", sweep.file(), "--database", "/proc/here.sqlite"});
  EXPECT_EQ(read_only.code, 2);
  EXPECT_EQ(std::count(read_only.err.begin(), read_only.err.end(), '\n'), 1) << read_only.err;
  EXPECT_TRUE(contains(read_only.err, "/proc")) << read_only.err;

  const auto text = sweep.folder().write("text.sqlite", std::string(5000, 'x'));
  const auto no_database = weir({"sweep", sweep.file(), "--database", text});
  EXPECT_EQ(no_database.code, 2);
  EXPECT_TRUE(contains(no_database.err, text + ": file is not a database")) << no_database.err;
  EXPECT_EQ(test::read_file(text), std::string(5000, 'x'));

  for (const char* device : {"/dev/null", "/dev/full"}) {
    const auto outcome = weir({"sweep", sweep.file(), "--database", device});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, std::string("weir sweep: error: ") + device +
                               ": no regular file; allowed is a database, or no file\n");
  }

  const auto missing = sweep.run({"--export", "csv"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_TRUE(contains(missing.err, sweep.database())) << missing.err;
}

TEST(Sweep, RefusesADatabaseOfAnotherSchema) {
  const TinySweep sweep;
  ASSERT_EQ(sweep.run({}).code, 0);
  test::execute_sql(sweep.database(), "PRAGMA user_version=999");
  const auto outcome = sweep.run({});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_TRUE(
      contains(outcome.err, "written with schema 999 of result databases; this weir reads schema 3 only"))
      << outcome.err;
}

TEST(Sweep, ADataflowThatIsNotThereIsAnErrorAtItsPlace) {
  const TemporaryFolder folder;
  const auto file =
      folder.write("s.yaml", "sweep: s\nbase:\n  accelerator: eyeriss\n  workload: alexnet\n  dataflow: " +
                                 test::kDataflow.substr(1) + "\n");
  EXPECT_EQ(weir({"sweep", file}).err,
            file + ":5:13: error: dataflow is \"" + test::kDataflow.substr(1) +
                "\": no such file or folder, nor dataflows/" + test::kDataflow.substr(1) +
                " in " WEIR_SOURCE_DIR "; did you mean \"" + test::kDataflow + "\"? (in base.dataflow)\n");
}

TEST(Sweep, RefusesBadOptions) {
  const TinySweep sweep;
  EXPECT_EQ(sweep.run({"--shard", "4/3"}).err,
            "weir sweep: error: --shard is \"4\"; allowed is a whole number, 1 to 3\n");
  EXPECT_EQ(sweep.run({"--shard", "4"}).err,
            "weir sweep: error: --shard is \"4\"; allowed is I/N, such as 1/8\n");
  EXPECT_EQ(weir({"sweep"}).code, 2);
  EXPECT_EQ(weir({"sweep", "no-such-sweep"}).code, 2);
}

TEST(Sweep, ShippedSweepsRun) {
  for (const auto& entry : fs::directory_iterator(fs::path(WEIR_SOURCE_DIR) / "sweeps")) {
    const TemporaryFolder folder;
    const auto outcome = weir({"sweep", entry.path().string(), "--shard", "1/1000000", "--quiet",
                               "--database", (folder.path() / "d.sqlite").string()});
    EXPECT_EQ(outcome.code, 0) << entry.path() << outcome.err;
  }
}

}  // namespace
}  // namespace weir
