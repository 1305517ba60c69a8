#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/program.h"

#ifndef __SANITIZE_ADDRESS__  // which keeps what is freed for a while

namespace weir {
namespace {

using test::TemporaryFolder;

/// The most memory that a process of weir held, in MB; its output goes nowhere.
double peak_megabytes(std::vector<std::string> arguments) {
  std::string program = WEIR_PROGRAM;
  arguments.push_back("--quiet");
  std::vector<char*> words = {program.data()};
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  const ::pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(WEIR_SOURCE_DIR) == 0) ::execv(WEIR_PROGRAM, words.data());
    ::_exit(127);
  }
  int status = 0;
  ::rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child || status != 0)
    throw std::runtime_error(fmt::format("weir {}: status {}", fmt::join(arguments, " "), status));
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

TEST(Growth, ALargeLayerIsCountedWithoutItsWords) {
  // Its ifmap has 604 M words, and so have its outputs.
  const TemporaryFolder folder;
  const std::string workload = folder.write(
      "large.yaml",
      "workload: large\nlayers:\n  - {name: conv, kind: conv, input: [64, 2304, 4096], output_channels: 64, "
      "filter: [3, 3], padding: 1}\n");
  const auto peak = [&](const std::vector<std::string>& fidelity) {
    std::vector<std::string> arguments = {"run",        "--accelerator",  "eyeriss",
                                          "--dataflow", "row-stationary", "--jobs",
                                          "1",          "--workload",     workload};
    arguments.insert(arguments.end(), fidelity.begin(), fidelity.end());
    return peak_megabytes(arguments);
  };
  EXPECT_LT(peak({"--fidelity", "estimate"}), 100);
  EXPECT_LT(peak({"--data", "off"}), 200);
}

TEST(Growth, ZerosAreDrawnWithoutKeepingTheirWords) {
  const TemporaryFolder folder;
  const std::string workload = folder.write(
      "sparse.yaml",
      "workload: sparse\nlayers:\n  - {name: conv, kind: conv, input: [64, 1024, 1024], output_channels: 8, "
      "filter: [3, 3], padding: 1, ifmap_zeros: 0.5}\n");
  for (const auto& fidelity : {"estimate", "simulate"}) {
    EXPECT_LT(peak_megabytes({"run", "--accelerator", "eyeriss", "--dataflow", "row-stationary", "--jobs",
                              "1", "--workload", workload, "--data", "off", "--fidelity", fidelity}),
              60)
        << fidelity;  // the ifmap has 134 MB
  }
}

TEST(Growth, PesThatAMappingLeavesIdleTakeNoMemory) {
  const auto peak = [&](const std::string& rows, const std::string& columns, const std::string& fidelity) {
    return peak_megabytes({"run",
                           "--accelerator",
                           "eyeriss",
                           "--dataflow",
                           "row-stationary",
                           "--mapping",
                           "published",
                           "--workload",
                           "alexnet",
                           "--batch",
                           "4",
                           "--layer",
                           "conv3",
                           "--data",
                           "off",
                           "--fidelity",
                           fidelity,
                           "--set",
                           "pe_array.rows=" + rows,
                           "--set",
                           "pe_array.columns=" + columns});
  };
  for (const std::string fidelity : {"estimate", "simulate"}) {
    EXPECT_LT(peak("512", "512", fidelity), peak("12", "14", fidelity) + 2) << fidelity;
  }
}

TEST(Growth, PointsThatAreRuledOutTakeNoMemory) {
  const TemporaryFolder folder;
  const auto peak = [&](int values) {
    return peak_megabytes(
        {"sweep", "--dry-run", "--jobs", "1", "--file",
         folder.write("grid.yaml",
                      fmt::format("sweep: grid\n"
                                  "base: {{accelerator: eyeriss, workload: alexnet, layers: [conv5], "
                                  "dataflow: row-stationary}}\n"
                                  "axes:\n  clock_mhz: {{from: 1, to: {}, step: 1}}\n"
                                  "where: clock_mhz == 1\n",
                                  values))});
  };
  EXPECT_LT(peak(20000), peak(200) + 8);
}

}  // namespace
}  // namespace weir

#endif
