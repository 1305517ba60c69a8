// Where the file that an argument means is looked for: as given, along WEIR_PATH, here, in what is shipped.
#include "config/resources.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "support/errors.h"
#include "support/program.h"

namespace weir::config {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::TemporaryFolder;

const fs::path kSource = WEIR_SOURCE_DIR;

/// Runs in an empty working directory, beside a folder for WEIR_PATH.
class Resources : public ::testing::Test {
 protected:
  Resources() {
    ::unsetenv("WEIR_PATH");
    fs::current_path(here_.path());
  }
  ~Resources() override { fs::current_path("/"); }

  /// Makes a file in a folder; gives its path.
  static std::string make(const fs::path& folder, const std::string& file) {
    fs::create_directories((folder / file).parent_path());
    std::ofstream(folder / file) << file;
    return (folder / file).string();
  }
  static void set_path(const std::string& path) { ::setenv("WEIR_PATH", path.c_str(), 1); }

  TemporaryFolder here_, there_;
  fs::path path_ = fs::canonical(there_.path());
};

TEST_F(Resources, WhatIsShippedIsFoundByNameAndByPathOfEveryKind) {
  const std::vector<std::tuple<InputKind, std::string, std::string>> shipped_files = {
      {kAccelerators, "eyeriss", "configs/eyeriss.yaml"},
      {kEnergyTables, "sized-45nm", "configs/energy/sized-45nm.yaml"},
      {kWorkloads, "alexnet", "workloads/alexnet.yaml"},
      {kSweeps, "psum-network", "sweeps/psum-network.yaml"},
      {kValidations, "eyeriss-alexnet", "validation/eyeriss-alexnet.yaml"}};
  for (const auto& [kind, name, path] : shipped_files) {
    const std::string file = (kSource / path).string();
    EXPECT_EQ(find(name, kind), file);
    EXPECT_EQ(find(name + ".yaml", kind), file);
    EXPECT_EQ(find(path, kind), file);
    EXPECT_EQ(find(file, kind), file);
    EXPECT_EQ(find("./" + path, kind), std::nullopt);
    EXPECT_EQ(find(name.substr(1), kind), std::nullopt);
    EXPECT_EQ(names_of(kind).count(name), 1U);
  }
  const std::string mapping = "dataflows/" + test::kDataflow + "/mappings/eyeriss/alexnet";
  EXPECT_EQ(find(mapping, kMappings), (kSource / mapping).string() + ".yaml");
  EXPECT_EQ(find(mapping + ".yaml", kMappings), (kSource / mapping).string() + ".yaml");
}

TEST_F(Resources, TheArgumentItselfComesFirstThenThePathThenHereThenWhatIsShipped) {
  set_path(path_.string());
  const std::string shipped_file = (kSource / "configs/eyeriss.yaml").string();
  EXPECT_EQ(find("eyeriss", kAccelerators), shipped_file);
  make(here_.path(), "configs/eyeriss.yaml");
  EXPECT_EQ(find("eyeriss", kAccelerators), "configs/eyeriss.yaml");
  const std::string along_path = make(path_, "configs/eyeriss.yaml");
  EXPECT_EQ(find("eyeriss", kAccelerators), along_path);
  EXPECT_EQ(find("eyeriss.yaml", kAccelerators), along_path);
  EXPECT_EQ(find("configs/eyeriss.yaml", kAccelerators), "configs/eyeriss.yaml");
  make(here_.path(), "eyeriss");
  EXPECT_EQ(find("eyeriss", kAccelerators), "eyeriss");
  make(here_.path(), "eyeriss.yaml");
  EXPECT_EQ(find("eyeriss.yaml", kAccelerators), "eyeriss.yaml");
}

TEST_F(Resources, ThePathAddsToWhatIsShipped) {
  const TemporaryFolder second;
  const fs::path other = fs::canonical(second.path());
  set_path(path_.string() + "::/nowhere:" + other.string() + "/");
  const std::string mine = make(other, "configs/mine.yaml");
  EXPECT_EQ(find("mine", kAccelerators), mine);
  const std::string before = make(path_, "configs/mine.yaml");
  EXPECT_EQ(find("mine", kAccelerators), before);
  EXPECT_EQ(find("flat.yaml", kWorkloads), std::nullopt);
  EXPECT_EQ(find("flat.yaml", kWorkloads), make(path_, "flat.yaml"));
  EXPECT_EQ(find("eyeriss", kAccelerators), (kSource / "configs/eyeriss.yaml").string());
  EXPECT_EQ(names_of(kAccelerators).count("mine"), 1U);
  EXPECT_EQ(names_of(kAccelerators).count("eyeriss"), 1U);
}

TEST_F(Resources, ADataflowIsAFolderWhereverItLies) {
  const std::string rule = (kSource / "dataflows" / test::kDataflow / "dataflow.yaml").string();
  EXPECT_EQ(find(test::kDataflow, kDataflows), rule);
  EXPECT_EQ(find(test::kDataflow + "/", kDataflows), rule);
  make(here_.path(), "some/mine/dataflow.yaml");
  for (const std::string argument :
       {"some/mine", "some/mine/", "some/mine//", "./some/mine/", "some/mine/dataflow.yaml"}) {
    const auto found = find(argument, kDataflows);
    ASSERT_TRUE(found) << argument;
    EXPECT_TRUE(fs::equivalent(*found, "some/mine/dataflow.yaml")) << argument;
  }
  EXPECT_EQ(find("mine", kDataflows), std::nullopt);
  make(path_, "dataflows/mine/dataflow.yaml");
  set_path(path_.string());
  EXPECT_EQ(find("mine", kDataflows), (path_ / "dataflows/mine/dataflow.yaml").string());
  EXPECT_EQ(names_of(kDataflows).count("mine"), 1U);
  fs::current_path("some/mine");
  EXPECT_EQ(find(".", kDataflows), "./dataflow.yaml");
}

TEST_F(Resources, AFolderIsNoFile) {
  fs::create_directories("eyeriss");
  fs::create_directories(test::kDataflow);
  EXPECT_EQ(find("eyeriss", kAccelerators), (kSource / "configs/eyeriss.yaml").string());
  EXPECT_EQ(find(test::kDataflow, kDataflows),
            (kSource / "dataflows" / test::kDataflow / "dataflow.yaml").string());
  for (const auto& kind : kNamedKinds) {
    EXPECT_EQ(find("", kind), std::nullopt);
    EXPECT_EQ(find("/", kind), std::nullopt);
  }
}

TEST_F(Resources, SaysWhereItLooked) {
  set_path(path_.string());
  const std::string looked =
      "in " + path_.string() + ", " + fs::current_path().string() + ", " + kSource.string();
  EXPECT_EQ(error_of([] { find_file("--workload", "alxnet", kWorkloads); }),
            "--workload alxnet: error: no such file, nor workloads/alxnet.yaml " + looked +
                "; did you mean \"alexnet\"?");
  EXPECT_EQ(error_of([] { find_file("--workload", "alxnet.yaml", kWorkloads); }),
            "--workload alxnet.yaml: error: no such file, nor workloads/alxnet.yaml " + looked +
                "; did you mean \"alexnet\"?");
  EXPECT_EQ(error_of([] { find_file("--dataflow", test::kDataflow.substr(1), kDataflows); }),
            "--dataflow " + test::kDataflow.substr(1) + ": error: no such file or folder, nor dataflows/" +
                test::kDataflow.substr(1) + " " + looked + "; did you mean \"" + test::kDataflow + "\"?");
  EXPECT_EQ(error_of([] { find_file("--dataflow", test::kDataflow.substr(1) + "/", kDataflows); }),
            "--dataflow " + test::kDataflow.substr(1) + "/: error: no such file or folder, nor dataflows/" +
                test::kDataflow.substr(1) + " " + looked + "; did you mean \"" + test::kDataflow + "\"?");
  make(here_.path(), "own/machine.yaml");
  EXPECT_EQ(error_of([] { find_file("--accelerator", "./own/machin.yaml", kAccelerators); }),
            "--accelerator ./own/machin.yaml: error: no such file; did you mean \"machine\"?");
  EXPECT_EQ(error_of([] { find_file("--accelerator", "", kAccelerators); }).substr(0, 42),
            "--accelerator \"\": error: no such file; all");
  EXPECT_EQ(error_of([] { find_file("--mapping", "own/machin", kMappings); }),
            "--mapping own/machin: error: no such file, nor own/machin.yaml " + looked +
                "; did you mean \"machine\"?");
}

TEST_F(Resources, SaysOnceWhereItLooked) {
  fs::current_path(kSource);
  set_path(kSource.string() + "/./");
  EXPECT_EQ(error_of([] { find_file("--workload", "alxnet", kWorkloads); }),
            "--workload alxnet: error: no such file, nor workloads/alxnet.yaml in " + kSource.string() +
                "; did you mean \"alexnet\"?");
}

TEST_F(Resources, NamesAPartOfWeirThatIsMissing) {
  EXPECT_EQ(shipped(), kSource.string());
  EXPECT_EQ(shipped_file("scripts/import_model.py"), (kSource / "scripts/import_model.py").string());
  EXPECT_THROW(shipped_file("scripts/none.py"), std::runtime_error);
}

}  // namespace
}  // namespace weir::config
