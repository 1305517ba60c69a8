// What `cmake --install` makes can be moved, and needs no source tree.
#include <gtest/gtest.h>

#include "support/program.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::TemporaryFolder;

/// An installed copy, moved to where it was not installed; commands run in an empty folder beside it.
class Install : public ::testing::Test {
 protected:
  Install() {
    const fs::path first = folder_.path() / "first";
    const auto done = test::shell(
        fmt::format("'{}' --install '{}' --prefix '{}'", WEIR_CMAKE, WEIR_BINARY_DIR, first.string()));
    EXPECT_EQ(done.code, 0) << done.err;
    fs::create_directories(prefix_.parent_path());
    fs::rename(first, prefix_);
    fs::create_directory(here_);
  }

  /// The installed program, in here_.
  Outcome run(const std::string& arguments, const std::string& environment = "") const {
    return test::shell(fmt::format("cd '{}' && env -u WEIR_PATH {} '{}/bin/weir' {}", here_.string(),
                                   environment, prefix_.string(), arguments));
  }
  static void expect_done(const Outcome& outcome) {
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_NE(outcome.out, "");
  }

  TemporaryFolder folder_;
  fs::path prefix_ = fs::canonical(folder_.path()) / "elsewhere" / "weir-0";
  fs::path here_ = folder_.path() / "here";
};

const std::string kOne = " --accelerator eyeriss --workload alexnet --batch 4 --layer conv3";

TEST_F(Install, RunsAllCommands) {
  const std::string dataflow = " --dataflow " + test::kDataflow;
  expect_done(run("run" + kOne + dataflow + " --mapping published --data off --out results"));
  EXPECT_TRUE(fs::exists(here_ / "results" / "stats.json"));
  expect_done(run("map" + kOne + dataflow + " --out mapping.yaml"));
  expect_done(run("run" + kOne + dataflow + " --mapping mapping --fidelity estimate"));
  expect_done(run("compare" + kOne + dataflow + "," + test::kDataflow + "-one-channel --fidelity estimate"));
  expect_done(run("validate --file eyeriss-mapper --only conv3"));
  expect_done(run("sweep global-buffer --dry-run"));
  expect_done(run("sweep sweeps/global-buffer.yaml --dry-run"));
  std::ofstream(here_ / "one.yaml")
      << "sweep: one\nbase: {accelerator: eyeriss, workload: alexnet, dataflow: " << test::kDataflow
      << ", layers: [conv3]}\n";
  expect_done(run("sweep one.yaml --jobs 1"));
  expect_done(run("sweep one.yaml --export csv"));
}

TEST_F(Install, ReadsItsOwnFilesAndNoOthers) {
  const auto printed =
      run("run" + kOne + " --dataflow " + test::kDataflow + " --mapping published --print-config");
  expect_done(printed);
  std::size_t files = 0;
  for (std::size_t at = 0; (at = printed.out.find("---  # ", at)) != std::string::npos; ++files) {
    at += 7;
    EXPECT_TRUE(printed.out.substr(at).starts_with((prefix_ / "share/weir/").string()))
        << printed.out.substr(at, 200);
  }
  EXPECT_EQ(files, 4U);

  fs::remove(prefix_ / "share/weir/workloads/alexnet.yaml");
  const auto missing = run("run" + kOne + " --dataflow " + test::kDataflow);
  EXPECT_EQ(missing.code, 2);
  EXPECT_TRUE(missing.err.starts_with(
      "--workload alexnet: error: no such file, nor workloads/alexnet.yaml in " +
      fs::canonical(here_).string() + ", " + (prefix_ / "share/weir").string() + "; "))
      << missing.err;
}

TEST_F(Install, FindsFilesOfTheUser) {
  const fs::path mine = folder_.path() / "mine";
  fs::create_directories(mine / "workloads");
  fs::create_directories(mine / "dataflows");
  fs::copy(prefix_ / "share/weir/dataflows" / test::kDataflow, mine / "dataflows" / "own",
           fs::copy_options::recursive);
  std::ofstream(mine / "workloads" / "two.yaml")
      << "workload: two\nlayers: [{name: a, kind: fc, input: [5, 4, 4], output_channels: 7}]\n";
  const std::string path = "WEIR_PATH=/nowhere:" + mine.string();
  for (const std::string dataflow :
       {"own", "own/", "../mine/dataflows/own", "../mine/dataflows/own/dataflow.yaml"}) {
    expect_done(run("run --accelerator eyeriss.yaml --workload two --dataflow " + dataflow, path));
  }
  const auto published =
      run("run --json --data off" + kOne + " --mapping published --dataflow ../mine/dataflows/own/");
  expect_done(published);
  EXPECT_NE(published.out.find("\"dataflow\": \"own\""), std::string::npos);
}

TEST_F(Install, SaysWhatAPythonLacks) {
  const auto outcome = run("import model.onnx", "PATH=" + (folder_.path() / "none").string());
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err,
            "weir import: error: cannot run python3, which the import of models needs: No such file or "
            "directory\n");
}

TEST_F(Install, AProgramAloneSaysWhatItIsWithout) {
  fs::remove_all(prefix_ / "share");
  const auto outcome = run("import model.onnx");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err.find("weir import: error: no file " +
                             (prefix_ / "share/weir/scripts/import_model.py").string()),
            0U)
      << outcome.err;
  EXPECT_EQ(run("run --accelerator eyeriss --workload alexnet").code, 2);
}

TEST_F(Install, CompletesWordsFromItsOwnTables) {
  const auto words = [&](const std::string& arguments) { return run("--complete " + arguments).out; };
  EXPECT_EQ(words("sw"), "sweep\n");
  EXPECT_EQ(words("run --accel"), "--accelerator\n");
  EXPECT_EQ(words("run --accelerator eyer"), "eyeriss\n:files\n");
  EXPECT_EQ(words("run --energy sized"), "sized-45nm\n:files\n");
  EXPECT_EQ(words("map --objective ''"), "edp\nenergy\nlatency\n");
  EXPECT_EQ(words("run --mapping ''"), "published\n:files\n");
  EXPECT_EQ(words("sweep global"), "global-buffer\n:files\n");
  EXPECT_EQ(words("import x"), ":files\n");
  EXPECT_EQ(words("validate --file eyeriss-m"), "eyeriss-mapper\n:files\n");
  EXPECT_EQ(words("compare --accelerator eyeriss,tpu"), "eyeriss,tpu-v1\n:files\n");
  EXPECT_EQ(words("compare --pair eyer"), "eyeriss:\n");
  EXPECT_EQ(words("compare --pair eyeriss:no-"), "eyeriss:no-local-reuse\n");
  EXPECT_EQ(words("run --quiet --out re"), ":files\n");
  EXPECT_EQ(words("fly --"), "");
}

}  // namespace
}  // namespace weir
