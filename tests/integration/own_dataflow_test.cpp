// A dataflow that nobody has thought of: one folder is all that it takes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// Rows of channels and images, columns of output columns; a PE has a filter row in all output channels, and
/// the output rows go by.
constexpr auto kRule =
    "dataflow: channel-stationary\n"
    "pe: [S=all, M]\n"
    "pe_columns: [Q]\n"
    "pe_rows: [N, C]\n"
    "global_buffer: [[M, R], P]\n"
    "dram: [G, [N, M, C, Q]]\n"
    "keep: {weight: any}\n";

constexpr auto kWorkload =
    "workload: two\n"
    "layers:\n"
    "  - {name: a, kind: conv, input: [5, 9, 11], output_channels: 7, filter: [3, 3], padding: 1}\n"
    "  - {name: b, kind: fc, input: [7, 4, 4], output_channels: 10}\n";

/// What a command prints on stdout, run in `folder`; the exit code is expected to be 0.
std::string print(const fs::path& folder, const std::string& arguments) {
  const fs::path out = folder / "out.txt";
  const std::string command =
      fmt::format("cd '{}' && '{}' {} >'{}'", folder.string(), WEIR_PROGRAM, arguments, out.string());
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return test::read_file(out);
}

TEST(OwnDataflow, IsFoundMappedEstimatedSimulatedAndVerified) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder.path() / "dataflows/channel-stationary");
  fs::create_directories(folder.path() / "workloads");
  folder.write("dataflows/channel-stationary/dataflow.yaml", kRule);
  folder.write("workloads/two.yaml", kWorkload);
  const std::string what = " --accelerator eyeriss --workload two --dataflow channel-stationary --batch 2";
  EXPECT_NE(print(folder.path(), "map" + what).find("pe_columns    unrolled Q=11"), std::string::npos);
  const json simulated = json::parse(print(folder.path(), "run --json --data on" + what));
  const json estimated = json::parse(print(folder.path(), "run --json --fidelity estimate" + what));
  ASSERT_EQ(simulated["layers"].size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(simulated["layers"][i]["verified"], "yes");
    EXPECT_EQ(simulated["layers"][i]["accesses"], estimated["layers"][i]["accesses"]);
    EXPECT_EQ(simulated["layers"][i]["cycles"], estimated["layers"][i]["cycles"]);
  }
}

}  // namespace
}  // namespace weir
