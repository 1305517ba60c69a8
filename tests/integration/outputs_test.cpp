// Every command that writes files: what stands in a file's place and is no file stays what it is.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <thread>

#include "support/program.h"
#include "support/sanitized.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using test::weir;

const std::string kConvolution =
    "workload: w\nlayers:\n"
    "  - {name: c, kind: conv, input: [2, 6, 6], output_channels: 3, filter: [3, 3]}\n"
    "  - {name: p, kind: pool, inputs: [[3, 4, 4]], output: [3, 2, 2], operation: max, filter: [2, 2], "
    "stride: 2}\n";

/// 7.4e11 MACs.
const std::string kLarge =
    "workload: w\nlayers:\n"
    "  - {name: c, kind: conv, input: [1024, 280, 280], output_channels: 1024, filter: [3, 3], padding: 1}\n";

/// A command that writes into `out`.
struct Writer {
  std::string name;
  std::vector<std::string> arguments;
  std::string option;
  std::string out;
};

const std::vector<Writer> kWriters = {
    {"Run",
     {"run", "--accelerator", "eyeriss", "--dataflow", test::kDataflow, "--fidelity", "estimate"},
     "--out",
     "out"},
    {"DumpData", {"run", "--accelerator", "eyeriss", "--dataflow", test::kDataflow}, "--dump-data", "out"},
    {"Compare",
     {"compare", "--accelerator", "eyeriss", "--dataflow", test::kDataflow, "--fidelity", "estimate"},
     "--out",
     "out"},
    {"Map", {"map", "--accelerator", "eyeriss", "--dataflow", test::kDataflow}, "--out", "out/m.yaml"},
};

class Writers : public testing::TestWithParam<Writer> {
 protected:
  test::Outcome write(const TemporaryFolder& folder) const {
    auto arguments = GetParam().arguments;
    arguments.insert(arguments.end(), {"--workload", folder.write("w.yaml", kConvolution), GetParam().option,
                                       folder.path() / GetParam().out});
    return weir(arguments);
  }

  /// The files that the command writes, below `out`.
  std::vector<fs::path> files() const {
    const TemporaryFolder folder;
    EXPECT_EQ(write(folder).code, 0);
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "out")) {
      if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), folder.path()));
    }
    EXPECT_FALSE(files.empty());
    return files;
  }
};

TEST_P(Writers, WriteWhatALinkNames) {
  const TemporaryFolder folder;
  std::vector<std::pair<fs::path, fs::path>> links;
  for (const fs::path& file : files()) {
    const auto target = folder.write("target" + std::to_string(links.size()), "old");
    links.emplace_back(folder.path() / file, target);
    fs::create_directories(links.back().first.parent_path());
    fs::create_symlink(target, links.back().first);
  }
  const auto outcome = write(folder);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const auto& [link, target] : links) {
    EXPECT_TRUE(fs::is_symlink(link)) << link;
    EXPECT_GT(test::read_file(target).size(), 3U) << link;
  }
}

TEST_P(Writers, RefuseAFifoThatNobodyReads) {
  if (test::kSanitized && GetParam().option == "--dump-data")
    GTEST_SKIP() << "the address sanitizer does not know SystemC's stacks, and takes an exception amiss";
  for (const fs::path& file : files()) {
    const TemporaryFolder folder;
    const fs::path fifo = folder.path() / file;
    fs::create_directories(fifo.parent_path());
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0666), 0);
    const auto outcome = write(folder);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("error: cannot write " + fifo.string() + ": "), std::string::npos)
        << outcome.err;
    EXPECT_TRUE(fs::is_fifo(fifo));
  }
}

/// With work of minutes before anything would be written.
TEST_P(Writers, RefuseAFifoBeforeTheWork) {
  if (test::kSanitized) GTEST_SKIP() << "the sanitizers are slow at the search, too";
  auto arguments = GetParam().arguments;
  if (const auto fidelity = std::find(arguments.begin(), arguments.end(), "--fidelity");
      fidelity != arguments.end())
    arguments.erase(fidelity, fidelity + 2);
  if (arguments.front() != "map") arguments.insert(arguments.end(), {"--data", "on"});
  for (const fs::path& file : files()) {
    if (file.filename().string().starts_with("p.")) continue;  // of the pool
    const TemporaryFolder folder;
    const fs::path fifo = folder.path() / file;
    fs::create_directories(fifo.parent_path());
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0666), 0);
    std::string command = fmt::format("exec timeout 60 '{}'", WEIR_PROGRAM);
    for (const auto& argument : arguments) command += fmt::format(" '{}'", argument);
    const auto outcome =
        test::shell(fmt::format("{} --workload '{}' {} '{}'", command, folder.write("w.yaml", kLarge),
                                GetParam().option, (folder.path() / GetParam().out).string()));
    EXPECT_EQ(outcome.code, 2) << file;
    EXPECT_EQ(outcome.out, "") << file;
    EXPECT_NE(outcome.err.find("error: cannot write " + fifo.string() + ": "), std::string::npos)
        << outcome.err;
  }
}

/// Who reads a FIFO gets all of it, and nothing ends before.
TEST(Outputs, AFifoThatIsReadGetsTheWholeFile) {
  const TemporaryFolder folder;
  const std::string fifo = (folder.path() / "layers.csv").string(), read = (folder.path() / "read").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0666), 0);
  std::jthread reader([&] { test::shell("exec timeout 60 cat '" + fifo + "' > '" + read + "'"); });
  test::Outcome outcome;
  for (int i = 0; i < 50; ++i) {  // until the reader is there
    outcome = weir({"run", "--accelerator", "eyeriss", "--dataflow", test::kDataflow, "--workload",
                    folder.write("w.yaml", kConvolution), "--out", folder.path()});
    if (outcome.code == 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  reader.join();
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(test::read_file(read).find("\nc,conv,"), std::string::npos) << test::read_file(read);
}

INSTANTIATE_TEST_SUITE_P(Commands, Writers, testing::ValuesIn(kWriters),
                         [](const auto& writer) { return writer.param.name; });

}  // namespace
}  // namespace weir
