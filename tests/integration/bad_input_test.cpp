#include <gtest/gtest.h>

#include <algorithm>

#include "support/errors.h"
#include "support/program.h"

namespace weir {
namespace {

using test::kMappings;
using test::replaced;
using test::TemporaryFolder;
using test::weir;

/// One of the shipped files made bad in one place, and what the program says behind the file's name.
struct BadFile {
  std::string option;
  std::string file;
  std::string from, to;
  std::string error;
};

void expect_error(const BadFile& bad) {
  SCOPED_TRACE(bad.to);
  const TemporaryFolder folder;
  const std::string text =
      replaced(test::read_file(std::string(WEIR_SOURCE_DIR "/") + bad.file), bad.from, bad.to);
  ASSERT_NE(text, "") << "nothing to replace";
  const std::string path = folder.write("bad.yaml", text);
  std::vector<std::string> arguments = {"run", "--batch", "4", "--out", folder.path() / "out"};
  const std::vector<std::pair<std::string, std::string>> inputs = {{"--accelerator", "eyeriss"},
                                                                   {"--workload", "alexnet"},
                                                                   {"--energy", "eyeriss-normalized"},
                                                                   {"--mapping", kMappings}};
  for (const auto& [option, name] : inputs) {
    arguments.insert(arguments.end(), {option, option == bad.option ? path : name});
  }
  const auto outcome = weir(arguments);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, path + bad.error + "\n");
  EXPECT_EQ(folder.names().size(), 1U) << "no folder of results";
}

TEST(BadInput, Accelerator) {
  const auto expect = [](const std::string& from, const std::string& to, const std::string& error) {
    expect_error({"--accelerator", "configs/eyeriss.yaml", from, to, error});
  };
  expect("clock_mhz: 200", "clock_mhz: 200\nclock_mhz: 200",
         ":5:1: error: duplicate key \"clock_mhz\"; allowed is each key once");
  expect("clock_mhz", "clock_mzh", ":4:1: error: unknown key \"clock_mzh\"; did you mean \"clock_mhz\"?");
  expect("rows: 12, ", "", ":6:11: error: missing key \"rows\" (in pe_array)");
  expect("rows: 12", "rows: twelve",
         ":6:18: error: rows is \"twelve\"; allowed is a whole number, 1 to 4096 (in pe_array.rows)");
  expect("rows: 12", "rows: 0", ":6:18: error: rows is 0; allowed is 1 to 4096 (in pe_array.rows)");
  expect("{rows: 12, columns: 14}", "[12, 14]",
         ":6:11: error: pe_array is a list; allowed is a map (in pe_array)");
  expect(
      "array_done", "array_dome",
      ":15:62: error: barrier is \"array_dome\"; did you mean \"array_done\"? (in networks.weight.barrier)");
}

TEST(BadInput, NotYaml) {
  for (const std::string text :
       {"{", "a: [1, 2", "\tb: 1", "- x\ny", "", "&a b", "*a", "!!int 3", "a: 1\n---\nb: 2", "\x01\xff"}) {
    const TemporaryFolder folder;
    const auto path = folder.write("bad.yaml", text);
    const auto outcome =
        weir({"run", "--accelerator", path, "--workload", "alexnet", "--mapping", kMappings});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err.rfind(path, 0), 0U) << outcome.err;
    EXPECT_NE(outcome.err.find(": error: "), std::string::npos);
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
  }
}

TEST(BadInput, Workload) {
  const auto expect = [](const std::string& from, const std::string& to, const std::string& error) {
    expect_error({"--workload", "workloads/alexnet.yaml", from, to, error});
  };
  expect("kind: conv", "kind: convolution",
         ":5:25: error: kind is \"convolution\"; allowed is conv, conv_transpose, fc, matmul, pool, "
         "elementwise, activation, concat, softmax, norm, copy, lstm, gru, rnn (in layers[0].kind)");
  expect("name: conv2", "name: conv1",
         ":6:5: error: a second layer conv1; allowed is each name once (in layers[1])");
  expect("filter: [11, 11]", "filter: [300, 11]",
         ":5:82: error: the filter spans 300 rows, dilation included; allowed is up to the padded input's "
         "227 (in layers[0].filter)");
  expect("stride: 4", "strides: 4",
         ":5:92: error: unknown key \"strides\"; did you mean \"stride\"? (in layers[0])");
}

TEST(BadInput, Mapping) {
  const auto expect = [](const std::string& from, const std::string& to, const std::string& error) {
    expect_error({"--mapping", kMappings, from, to, error});
  };
  expect("conv1:", "conv9:", ":5:3: error: \"conv9\" is no layer of alexnet; did you mean \"conv1\"?");
  expect("M=3, Q=55", "M=3, Z=55",
         ":7:26: error: loop \"Z=55\"; allowed is D=bound with D one of G N M C P Q R S and a bound of 1 to "
         "2^60 (in mappings.conv1.global_buffer[1])");
  expect("M=3, Q=55", "M=3, Q=0",
         ":7:26: error: loop \"Q=0\"; allowed is D=bound with D one of G N M C P Q R S and a bound of 1 to "
         "2^60 (in mappings.conv1.global_buffer[1])");
}

TEST(BadInput, Energy) {
  const auto expect = [](const std::string& from, const std::string& to, const std::string& error) {
    expect_error({"--energy", "configs/energy/eyeriss-normalized.yaml", from, to, error});
  };
  expect("unit: MAC", "unit: joule", ":4:7: error: unit is \"joule\"; allowed is MAC, pJ (in unit)");
  expect("dram: 200", "dram: -1", ":6:9: error: dram is -1; allowed is 0 to 1000000000 (in prices.dram)");
  expect("  neighbour: 2 ", "  neighbor: 2 ",
         ":9:3: error: unknown key \"neighbor\"; did you mean \"neighbour\"? (in prices)");
}

/// The batch and the loops over N must agree; the error stands at the layer's mapping.
TEST(BadInput, BatchThatTheMappingDoesNotCover) {
  const auto outcome = weir(
      {"run", "--accelerator", "eyeriss", "--workload", "alexnet", "--mapping", kMappings, "--batch", "5"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err.rfind(kMappings + ":5:3: error: ", 0), 0U) << outcome.err;
  EXPECT_NE(outcome.err.find("N"), std::string::npos) << outcome.err;
}

TEST(BadInput, LayerWithoutAMapping) {
  const TemporaryFolder folder;
  const auto path =
      folder.write("m.yaml", "mappings:\n  conv3: {dram: [N=4, M=384, C=256, P=13, Q=13, R=3, S=3]}\n");
  const auto outcome =
      weir({"run", "--accelerator", "eyeriss", "--workload", "alexnet", "--mapping", path, "--batch", "4"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err, path + ": error: no mapping of layer conv1; there are mappings of conv3\n");
}

}  // namespace
}  // namespace weir
