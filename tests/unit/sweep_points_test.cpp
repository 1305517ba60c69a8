#include <gtest/gtest.h>

#include "support/errors.h"
#include "support/shipped.h"
#include "sweep/grid.h"
#include "sweep/point.h"
#include "sweep/run.h"

namespace weir::sweep {
namespace {

using test::error_of;
using test::replaced;

using test::kRoot;

const std::string kBase =
    "sweep: s\n"
    "base:\n"
    "  accelerator: " +
    kRoot +
    "/configs/eyeriss.yaml\n"
    "  workload: " +
    kRoot +
    "/workloads/alexnet.yaml\n"
    "  layers: ['conv*']\n"
    "  dataflow: row-stationary\n";

Points points_of(const std::string& more) {
  return make_points(read_sweep(config::Node::parse(kBase + more, "s.yaml")));
}
std::string error_in(const std::string& more) {
  return error_of([&] { points_of(more); });
}
/// The values of a sweep's only axis.
std::vector<std::string> values_of(const std::string& axis) {
  std::vector<std::string> values;
  for (const auto& point : points_of("axes:\n  " + axis).points) values.push_back(point.coordinates.at(0));
  return values;
}

TEST(SweepPoints, AGridVariesTheLastAxisFastest) {
  const Points grid = points_of("axes: {pe_array.rows: [6, 12], batch: [1, 4, 2]}\n");
  EXPECT_EQ(grid.grid, 6);
  std::vector<std::vector<std::string>> coordinates;
  for (const auto& point : grid.points) coordinates.push_back(point.coordinates);
  EXPECT_EQ(coordinates, (std::vector<std::vector<std::string>>{
                             {"6", "1"}, {"6", "4"}, {"6", "2"}, {"12", "1"}, {"12", "4"}, {"12", "2"}}));
  EXPECT_EQ(grid.points[1].accelerator.rows, 6);
  EXPECT_EQ(grid.points[1].batch, 4);
  EXPECT_EQ(grid.points[1].workload->value.layers.size(), 5);
  EXPECT_EQ(grid.points[1].workload->value.layers[0].bounds[Dimension::N], 4);
}

TEST(SweepPoints, RangesAreLinearOrByAFactor) {
  EXPECT_EQ(values_of("pe_array.rows: {from: 4, to: 13, step: 4}"),
            (std::vector<std::string>{"4", "8", "12"}));
  EXPECT_EQ(values_of("global_buffer.bank_words: {from: 256, to: 2048, times: 2}"),
            (std::vector<std::string>{"256", "512", "1024", "2048"}));
  EXPECT_EQ(values_of("dram.words_per_cycle: {from: 0.1, to: 0.3, step: 0.1}"),
            (std::vector<std::string>{"0.1", "0.2", "0.3"}));
}

TEST(SweepPoints, KeysMoveTogether) {
  const Points points = points_of("together:\n  - {pe_array.rows: [6, 24], pe_array.columns: [28, 7]}\n");
  ASSERT_EQ(points.points.size(), 2);
  for (const auto& point : points.points) EXPECT_EQ(point.accelerator.pes(), 168);
  EXPECT_EQ(
      error_in("together:\n  - {pe_array.rows: [6, 24], pe_array.columns: [28]}\n"),
      "s.yaml:8:30: error: 1 values; allowed is 2, as many as pe_array.rows has, for they move together "
      "(in together[0])");
}

TEST(SweepPoints, KeysThatMoveTogetherMayRepeatAValueButNotAll) {
  EXPECT_EQ(points_of("together:\n  - {pe_array.rows: [6, 6, 12], batch: [1, 2, 1]}\n").points.size(), 3);
  EXPECT_EQ(error_in("together:\n  - {pe_array.rows: [6, 12, 6], batch: [1, 2, 1]}\n"),
            "s.yaml:8:29: error: \"6, 1\" a second time; allowed is each value once (in "
            "together[0].pe_array.rows[2])");
}

// 25 banks of 2,048 words and 4,096 for weights, of two bytes: the chip's 108 KiB. 168 PEs with 260 words.
TEST(SweepPoints, NamesOfSizesAreTheChips) {
  const MachineSize size = size_of(points_of("").points.at(0).accelerator);
  EXPECT_EQ(size.pes, 168);
  EXPECT_EQ(size.global_buffer_kb, 108);
  EXPECT_EQ(size.register_file_kb, 168 * 260 * 2 / 1024.0);
}

// 256 PEs with one register file of 512 B each.
TEST(SweepPoints, ASharedRegisterFileCounts) {
  const Points points = points_of("axes: {accelerator: [" + kRoot + "/configs/isca2016-rs-256.yaml]}\n");
  EXPECT_EQ(size_of(points.points.at(0).accelerator).register_file_kb, 128);
}

TEST(SweepPoints, AClosedFormNeedsAMachineThatGatesNothing) {
  EXPECT_EQ(points_of("  set: {pe.zero_gating: false}\naxes: {fidelity: [closed_form]}\n").points.size(), 1);
  EXPECT_NE(
      error_in("axes:\n  fidelity: [closed_form]\n").find("s.yaml:8:14: error: closed_form does not know"),
      std::string::npos);
}

TEST(SweepPoints, ConditionsRuleOut) {
  // 24, 40, 72, 136 KiB with 16 banks of 512 to 4,096 words.
  const Points points = points_of(
      "  set: {global_buffer.banks: 16}\naxes: {global_buffer.bank_words: [512, 1024, 2048, 4096]}\n"
      "where: [global_buffer_kb <= 72, 'pe_array.rows * pe_array.columns == pes && batch < 2']\n");
  EXPECT_EQ(points.points.size(), 3);
  EXPECT_EQ(points.ruled_out, 1);
  EXPECT_EQ(points.points.back().coordinates, std::vector<std::string>{"2048"});
}

// Each machine's own numbers are there under `file.`, whatever a point sets: the buffer grows as the PEs do.
TEST(SweepPoints, FormulasKnowTheFilesOwnNumbers) {
  const Points points =
      points_of("axes: {accelerator: [" + kRoot + "/configs/isca2016-ws-256.yaml, " + kRoot +
                "/configs/isca2016-nlr-256.yaml], pe_array.pes: [256, 1024]}\n"
                "largest:\n  global_buffer.banks: {from: 1, to: 1048576, while: "
                "global_buffer.banks * file.pe_array.pes <= file.global_buffer.banks * pe_array.pes}\n");
  std::vector<std::int64_t> banks;
  for (const auto& point : points.points) banks.push_back(point.accelerator.global_buffer.banks);
  EXPECT_EQ(banks, (std::vector<std::int64_t>{171136, 4 * 171136, 173224, 4 * 173224}));
}

TEST(SweepPoints, EqualAreaTakesTheLargestThatFits) {
  // An area of 3 for a register-file word and 1 for a buffer word: what the register files leave goes into
  // banks.
  const Points points = points_of(
      "axes: {pe.weight_rf.words: [96, 224]}\n"
      "define: {area: '3 * register_file_kb + global_buffer_kb'}\n"
      "largest:\n  global_buffer.bank_words: {from: 1, to: 65536, while: area <= 400}\n");
  ASSERT_EQ(points.points.size(), 2);
  for (const auto& point : points.points) {
    const auto area = [&](std::int64_t bank_words) {
      Accelerator other = point.accelerator;
      other.global_buffer.bank_words = bank_words;
      const MachineSize size = size_of(other);
      return 3 * size.register_file_kb + size.global_buffer_kb;
    };
    const std::int64_t words = point.accelerator.global_buffer.bank_words;
    EXPECT_LE(area(words), 400);
    EXPECT_GT(area(words + 1), 400);
    EXPECT_EQ(point.coordinates.at(1), std::to_string(words));
  }
}

TEST(SweepPoints, ASampleIsSeededDistinctAndInTheGridsOrder) {
  const auto sample = [](int seed) {
    std::vector<int> values;
    for (const auto& point :
         points_of("axes: {pe.weight_rf.words: {from: 1, to: 500, step: 1}}\nsample: {points: "
                   "20, seed: " +
                   std::to_string(seed) + "}\n")
             .points)
      values.push_back(std::stoi(point.coordinates[0]));
    return values;
  };
  const auto first = sample(7);
  EXPECT_EQ(first.size(), 20);
  EXPECT_TRUE(std::is_sorted(first.begin(), first.end()));
  EXPECT_EQ(std::adjacent_find(first.begin(), first.end()), first.end());
  EXPECT_EQ(sample(7), first);
  EXPECT_NE(sample(8), first);
  EXPECT_NE(error_in("axes: {batch: [1, 2, 3]}\nwhere: batch < 3\nsample: {points: 3}\n")
                .find("a sample of 3 points, but only 2 of the 3 drawn from a grid of 3 meet the conditions"),
            std::string::npos);
}

TEST(SweepPoints, ATypoInAPathIsAnErrorAtItsLineWithTheNearestPath) {
  const std::string in_file = "in " + kRoot + "/configs/eyeriss.yaml; did you mean ";
  EXPECT_EQ(error_in("axes:\n  batch: [1, 2]\n  global_bufer.bank_words: [512, 1024]\n"),
            "s.yaml:9:3: error: no key \"global_bufer.bank_words\" " + in_file +
                "\"global_buffer.bank_words\"? (in axes)");
  EXPECT_EQ(error_in("axes:\n  global_buffer.bank_word: [512]\n"),
            "s.yaml:8:3: error: no key \"global_buffer.bank_word\" " + in_file +
                "\"global_buffer.bank_words\"? (in axes)");
  EXPECT_EQ(error_in("axes:\n  dataflw: [a]\n"),
            "s.yaml:8:3: error: no key \"dataflw\" " + in_file + "\"dataflow\"? (in axes)");
  EXPECT_EQ(
      error_in("largest:\n  pe.weight_rf.word: {from: 1, to: 2, while: pes > 1}\n"),
      "s.yaml:8:3: error: no key \"pe.weight_rf.word\" " + in_file + "\"pe.weight_rf.words\"? (in largest)");
}

TEST(SweepPoints, BadValuesAreErrorsAtTheirPlaces) {
  EXPECT_EQ(error_in("axes:\n  pe_array.rows: [12, 0]\n"),
            "s.yaml:8:23: error: rows is 0; allowed is 1 to 4096 (in pe_array.rows)");
  EXPECT_EQ(error_in("axes:\n  objective: [power]\n"),
            "s.yaml:8:15: error: objective[0] is \"power\"; allowed is energy, latency, edp (in "
            "axes.objective[0])");
  EXPECT_EQ(error_in("axes:\n  batch: [1, 1]\n"),
            "s.yaml:8:14: error: \"1\" a second time; allowed is each value once (in axes.batch[1])");
  EXPECT_EQ(error_in("where: total_sram <= 5\n"),
            "s.yaml:7:8: error: no name \"total_sram\"; did you mean \"total_sram_kb\"? (in where)");
  EXPECT_NE(error_in("where: pes <=\n").find("s.yaml:7:8: error: \"pes <=\" is no formula: "),
            std::string::npos);
  EXPECT_EQ(error_in("axes:\n  batch: {from: 1, to: 4}\n"),
            "s.yaml:8:10: error: a range has either step or times (in axes.batch)");
  EXPECT_EQ(error_in("axes: {batch: [1]}\nlargest:\n  batch: {from: 1, to: 2, while: batch < 1}\n"),
            "s.yaml:9:3: error: \"batch\" varies twice; allowed is once (in largest)");
  EXPECT_EQ(error_in("  set: {batch: 1}\n"),
            "s.yaml:7:9: error: stands in base itself, not in its set (in base.set)");
  EXPECT_EQ(error_in("axes:\n  data: ['on']\n"),
            "s.yaml:8:10: error: data is on, which needs fidelity simulate (in axes.data[0])");
}

TEST(SweepPoints, FormulasThatDoNotMeanWhatTheySeemToMeanAreErrors) {
  const auto no_formula = [](const std::string& formula, const std::string& why) {
    EXPECT_EQ(error_in("where: '" + formula + "'\n"),
              "s.yaml:7:8: error: \"" + formula + "\" is no formula: " + why + " (in where)");
  };
  const std::string comma = "a comma between formulas; allowed is one formula, or && between conditions";
  const std::string chain = "comparisons in a chain; allowed is one, or && between two";
  no_formula("batch > 8, pes > 1", comma);
  no_formula("1 < batch < 2", chain);
  no_formula("batch == pes == 1", chain);
  no_formula("pes > 1 && (1 <= batch != 2)", chain);
  no_formula("pes > 1 ? 0 < batch < 9 : 1", chain);
  no_formula("batch = 1", "= assigns; allowed is == to compare");
  EXPECT_EQ(error_in("define: {two: '1, 2'}\nwhere: two > 1\n"),
            "s.yaml:7:15: error: \"1, 2\" is no formula: " + comma + " (in define.two)");
  EXPECT_EQ(
      error_in("axes: {batch: [1]}\nlargest:\n  pe.psum_rf.words: {from: 1, to: 2, while: 0 < pes < 1}\n"),
      "s.yaml:9:45: error: \"0 < pes < 1\" is no formula: " + chain + " (in largest.pe.psum_rf.words.while)");
  for (const char* right : {"1 < batch && batch < 3 || pes < 2", "(1 < 2) == (batch >= 1)",
                            "min(1, 2) < max(batch, 2)", "pes > 1 ? 1 < 2 : 2 < 1", "if1 < 2"})
    EXPECT_EQ(error_in(std::string("axes: {batch: [2]}\ndefine: {if1: 1}\nwhere: '") + right + "'\n"),
              "no error");
}

TEST(SweepPoints, ConditionsHoldPointByPoint) {
  const Points points =
      points_of("axes: {batch: [1, 2, 3, 4]}\nwhere: ['1 < batch && batch < 4', '2 * batch']\n");
  ASSERT_EQ(points.points.size(), 2);
  EXPECT_EQ(points.points[0].batch, 2);
  EXPECT_EQ(points.points[1].batch, 3);
  EXPECT_EQ(points.ruled_out, 2);
}

TEST(SweepPoints, LongNamesAreReadAndRefused) {
  const std::string name(30'000, 'a');
  EXPECT_EQ(error_in("define:\n  ? " + name + "\n  : 1\nwhere: batch < 2\n"), "no error");
  EXPECT_NE(error_in("define:\n  ? " + name + "-\n  : 1\n").find("a name; allowed are letters, digits and _"),
            std::string::npos);
  for (const char* bad : {"1a", "''", "a.b", "a b"})
    EXPECT_NE(error_in(std::string("define: {") + bad + ": 1}\n").find("a name; allowed are"),
              std::string::npos)
        << bad;
}

TEST(SweepPoints, LimitsAreCountedBeforeAnythingIsExpanded) {
  const std::string most = "{from: 1, to: 100000, step: 1}";
  EXPECT_EQ(error_in("axes: {pe.weight_rf.words: " + most + ", batch: [1, 2]}\n"),
            "s.yaml:1:1: error: a grid of 200000 points; allowed are 100000, and 1000000 with conditions, or "
            "a sample of it");
  EXPECT_EQ(error_in("axes: {pe.weight_rf.words: " + most +
                     ", batch: {from: 1, to: 11, step: 1}}\nwhere: batch > 99\n"),
            "s.yaml:1:1: error: a grid of 1100000 points; allowed are 1000000, or a sample of it");
  EXPECT_EQ(error_in("axes: {pe.weight_rf.words: {from: 1, to: 100002, step: 1}}\n"),
            "s.yaml:7:28: error: more than 100000 values; allowed are 100000 (in axes.pe.weight_rf.words)");
  EXPECT_EQ(error_in("axes: {batch: [1]}\nsample: {points: 1000000}\n"),
            "s.yaml:8:18: error: points is 1000000; allowed is 1 to 100000 (in sample.points)");
  std::string axes = "axes:\n";
  for (int i = 0; i < 200; ++i) axes += "  key" + std::to_string(i) + ": " + most + "\n";
  EXPECT_EQ(error_in(axes + "sample: {points: 10}\n"),
            "s.yaml:1:1: error: 20000000 values on all axes; allowed are 1000000");
}

TEST(SweepPoints, PointsThatMeetTheConditionsAreCounted) {
  const SweepSpec spec = read_sweep(config::Node::parse(
      kBase + "axes: {clock_mhz: {from: 1, to: 100000, step: 1}, batch: [1, 2]}\nwhere: pes > 1\n",
      "s.yaml"));
  std::uint64_t looked_at = 0;
  EXPECT_EQ(error_of([&] {
              for_each_grid_point(spec,
                                  [&](std::uint64_t, const GridIndices&) { return ++looked_at % 4 != 0; });
            }),
            "s.yaml:1:1: error: more than 100000 points meet the conditions; allowed are 100000, or a sample "
            "of them");
  EXPECT_EQ(looked_at, 133'334);
}

TEST(SweepPoints, LayersOfAllPointsAreCounted) {
  const std::string all_layers = replaced(kBase, "  layers: ['conv*']\n", "");
  const std::string text =
      replaced(all_layers, "alexnet", "resnet50") + "axes: {clock_mhz: {from: 1, to: 20000, step: 1}}\n";
  EXPECT_EQ(error_of([&] { make_points(read_sweep(config::Node::parse(text, "s.yaml"))); }),
            "s.yaml:1:1: error: more than 1000000 layers of all points; allowed are 1000000");
}

TEST(SweepPoints, PreparingTellsHowFarItIs) {
  std::vector<std::uint64_t> looked_at;
  std::uint64_t points = 0;
  make_points(
      read_sweep(config::Node::parse(kBase + "axes: {batch: [1, 2, 3]}\nwhere: batch > 1\n", "s.yaml")),
      [&](const Preparation& now) {
        looked_at.push_back(now.looked_at);
        points = now.points;
        EXPECT_EQ(now.most, 3);
      });
  EXPECT_EQ(looked_at, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(points, 2);
}

TEST(SweepKeys, LayersThatComputeAlikeAreOne) {
  const auto vgg = points_of("axes: {workload: [" + kRoot + "/workloads/vgg16.yaml]}\n").points;
  // Of VGG-16's 13 convolutions conv3_2 and conv3_3, conv4_2 and conv4_3, and all of conv5 are alike.
  EXPECT_EQ(vgg.at(0).layer_keys.size(), 13);
  EXPECT_EQ(tasks_of(vgg).size(), 9);
}

TEST(SweepKeys, DependOnWhatResultsDependOn) {
  const auto keys = [](const std::string& more) { return points_of(more).points.at(0).layer_keys; };
  const auto base = keys("");
  EXPECT_EQ(keys("axes: {pe_array.rows: [12]}\n"), base);
  EXPECT_EQ(keys("axes: {dram.words_per_cycle: ['1.20']}\n"), base);
  for (const char* more : {"pe_array.rows: [13]", "batch: [2]", "objective: [edp]", "overlap: [total]",
                           "fidelity: [simulate]", "energy: [eyeriss-like-45nm]"})
    EXPECT_NE(keys(std::string("axes: {") + more + "}\n"), base) << more;
}

}  // namespace
}  // namespace weir::sweep
