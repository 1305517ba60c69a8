// Words of memory-bound layers on their way through the machine, and faults that it must find.
#include <gtest/gtest.h>

#include <random>

#include "support/one_layer.h"
#include "support/one_pe.h"
#include "support/random_case.h"
#include "systemc/simulator.h"
#include "timing/schedule.h"

namespace weir {
namespace {

using evaluate::Job;
using stats::Verification;
using systemc::Simulator;
using test::one_layer;

Accelerator machine(std::int64_t buffer_words) {
  return test::one_pe({2, 2, 1, 0, false}, {1, buffer_words, 2});
}

Job job_of(const std::string& line, std::int64_t batch = 1) {
  Job job;
  job.layer = one_layer(line, batch);
  return job;
}

/// How many outputs are wrong when the word at `place` of the operands is another one than the reference's.
std::int64_t wrong_outputs(Simulator& simulator, const std::string& line, std::size_t place,
                           std::int16_t word) {
  Job job = job_of(line);
  job.tamper = [&](LayerData& data) { data.ifmap.at(place) = word; };
  const stats::LayerStats stats = simulator.run(job);
  EXPECT_EQ(stats.verification, stats.wrong_outputs == 0 ? Verification::passed : Verification::failed);
  return stats.wrong_outputs;
}

TEST(VectorValues, FindsAWrongWordInEachOutputThatItReaches) {
  Simulator simulator(machine(6));
  const auto wrong = [&](const std::string& line, std::size_t place, std::int16_t word = 32767) {
    return wrong_outputs(simulator, line, place, word);
  };
  // The middle of 3 x 3 is in all four windows of 2 x 2, a corner in one.
  const std::string windows = "inputs: [[3, 3]], output: [2, 2], filter: [2, 2]}";
  for (const char* operation : {"max", "sum", "average"}) {
    const std::string line = std::string("{name: a, kind: pool, operation: ") + operation + ", " + windows;
    EXPECT_EQ(wrong(line, 4), 4) << operation;
    EXPECT_EQ(wrong(line, 8), 1) << operation;
  }
  EXPECT_EQ(wrong("{name: a, kind: pool, operation: min, " + windows, 4, -32768), 4);
  // A word of the larger operand reaches one output, a word of the other one the three of its column.
  const std::string stretched = "inputs: [[3, 4], [4]], output: [3, 4]}";
  for (const char* operation : {"add", "subtract", "multiply"}) {
    const std::string line =
        std::string("{name: a, kind: elementwise, operation: ") + operation + ", " + stretched;
    EXPECT_EQ(wrong(line, 5), 1) << operation;
    EXPECT_EQ(wrong(line, 13), 3) << operation;
  }
  EXPECT_EQ(wrong("{name: a, kind: concat, axis: 0, inputs: [[2], [3]], output: [5]}", 3), 1);
  EXPECT_EQ(wrong("{name: a, kind: copy, operation: repeat, inputs: [[2, 2]], output: [4, 6]}", 1), 6);
  EXPECT_EQ(
      wrong("{name: a, kind: copy, operation: transpose, order: [1, 0], inputs: [[2, 3]], output: [3, 2]}",
            1),
      1);
  EXPECT_EQ(wrong("{name: a, kind: copy, operation: reshape, inputs: [[2, 3]], output: [6]}", 1), 1);
  EXPECT_EQ(wrong("{name: a, kind: activation, operation: relu, inputs: [[6]], output: [6]}", 1), 1);
  // Of a slice only its own words are read.
  const std::string slice =
      "{name: a, kind: copy, operation: slice, begin: [1], step: [2], inputs: [[5]], output: [2]}";
  EXPECT_EQ(wrong(slice, 1), 1);
  EXPECT_EQ(wrong(slice, 2), 0);
}

TEST(VectorValues, TellsWhatMovedInBothDirections) {
  Simulator simulator(machine(4));
  Job job = job_of("{name: a, kind: elementwise, operation: add, inputs: [[2, 2], [1]], output: [2, 2]}", 2);
  bool observed = false;
  job.observe = [&](const LayerData& data, const std::vector<std::uint32_t>& outputs) {
    observed = true;
    ASSERT_EQ(data.ifmap.size(), 10U);
    ASSERT_EQ(outputs.size(), 8U);
    // Both images of the first operand, then of the second.
    for (std::size_t i = 0; i < 8; ++i)
      EXPECT_EQ(static_cast<std::int32_t>(outputs[i]), data.ifmap[i] + data.ifmap[8 + i / 4]);
  };
  EXPECT_EQ(simulator.run(job).verification, Verification::passed);
  EXPECT_TRUE(observed);
}

TEST(VectorValues, ALayerWithoutValuesHasNoneAndOneWithoutDataIsOff) {
  Simulator simulator(machine(4));
  Job job = job_of("{name: a, kind: softmax, inputs: [[8]], output: [8]}");
  EXPECT_EQ(simulator.run(job).verification, Verification::none);
  job.layer = one_layer("{name: a, kind: activation, operation: relu, inputs: [[8]], output: [8]}");
  job.data = false;
  EXPECT_EQ(simulator.run(job).verification, Verification::off);
}

/// Random layers of every function.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  std::string layer() {
    const std::string then = number(0, 2) == 0 ? ", then: relu" : "";
    switch (number(0, 4)) {
      case 0:
        return pool() + then + "}";
      case 1:
        return operands() + then + "}";
      case 2:
        return concat() + then + "}";
      default:
        return copy() + then + "}";
    }
  }
  std::int64_t number(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most - least + 1));
  }

 private:
  TensorShape shape(std::int64_t least_rank, std::int64_t most_rank) {
    TensorShape drawn(static_cast<std::size_t>(number(least_rank, most_rank)));
    for (auto& extent : drawn) extent = number(1, 5);
    return drawn;
  }
  static std::string text(const TensorShape& shape) {
    std::string list;
    for (const auto extent : shape) list += (list.empty() ? "" : ", ") + std::to_string(extent);
    return "[" + list + "]";
  }
  std::string one_of(const std::vector<std::string>& words) {
    return words[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(words.size()) - 1))];
  }

  /// Padding below the filter's reach and up to its dilation, so that each window has a word of the input.
  std::string pool() {
    TensorShape input = shape(0, 2);
    TensorShape output = input, filter, stride, dilation, before, behind;
    for (int direction = 0; direction < 2; ++direction) {
      const std::int64_t taps = number(1, 4), spread = number(1, 2), step = number(1, 4);
      const std::int64_t front = number(0, std::min<std::int64_t>(spread * (taps - 1), 2));
      const std::int64_t back = number(0, std::min<std::int64_t>(spread * (taps - 1), 2));
      const std::int64_t reach = spread * (taps - 1) + 1;
      const std::int64_t length = std::max(number(2, 9), reach);
      const std::int64_t room = length + front + back - reach;
      std::int64_t windows = room / step + 1;
      const bool over_the_end = windows * step < length + front && room % step != 0;
      if (over_the_end) windows += number(0, 1);
      input.push_back(length);
      output.push_back(windows);
      filter.push_back(taps), stride.push_back(step), dilation.push_back(spread);
      before.push_back(front), behind.push_back(back);
    }
    const std::string operation = one_of({"max", "min", "sum", "average", "average, counts_padding: true"});
    return "{name: a, kind: pool, operation: " + operation + ", inputs: [" + text(input) +
           "], output: " + text(output) + ", filter: " + text(filter) + ", stride: " + text(stride) +
           ", dilation: " + text(dilation) +
           ", padding: " + text({before[0], before[1], behind[0], behind[1]});
  }

  std::string operands() {
    const TensorShape output = shape(0, 4);
    std::string inputs;
    TensorShape reached(output.size(), 1);
    for (std::int64_t i = number(1, 3); i >= 0; --i) {
      TensorShape input(output.end() - number(0, static_cast<std::int64_t>(output.size())), output.end());
      for (auto& extent : input) extent = number(0, 2) == 0 ? 1 : extent;
      for (std::size_t j = 0; j < input.size(); ++j) {
        auto& most = reached[output.size() - input.size() + j];
        most = std::max(most, input[j]);
      }
      inputs += text(input) + (i > 0 ? ", " : "");
    }
    return "{name: a, kind: elementwise, operation: " +
           one_of({"add", "subtract", "multiply", "max", "min"}) + ", inputs: [" + inputs +
           "], output: " + text(reached);
  }

  std::string concat() {
    TensorShape output = shape(1, 4);
    const auto axis = static_cast<std::size_t>(number(0, static_cast<std::int64_t>(output.size()) - 1));
    std::string inputs;
    std::int64_t sum = 0;
    for (std::int64_t i = number(0, 3); i >= 0; --i) {
      TensorShape input = output;
      sum += input[axis] = number(1, 4);
      inputs += text(input) + (i > 0 ? ", " : "");
    }
    output[axis] = sum;
    return "{name: a, kind: concat, axis: " + std::to_string(axis) + ", inputs: [" + inputs +
           "], output: " + text(output);
  }

  std::string copy() {
    const TensorShape input = shape(1, 4);
    TensorShape output = input, order(input.size()), begin(input.size()), step(input.size());
    std::string more;
    const std::string operation = one_of({"reshape", "transpose", "slice", "repeat"});
    if (operation == "transpose") {
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
      std::shuffle(order.begin(), order.end(), random_);
      for (std::size_t i = 0; i < order.size(); ++i) output[i] = input[static_cast<std::size_t>(order[i])];
      more = ", order: " + text(order);
    } else if (operation == "slice") {
      for (std::size_t i = 0; i < input.size(); ++i) {
        begin[i] = number(0, input[i] - 1);
        step[i] = number(1, 3);
        output[i] = number(1, (input[i] - 1 - begin[i]) / step[i] + 1);
      }
      more = ", begin: " + text(begin) + ", step: " + text(step);
    } else if (operation == "repeat") {
      for (auto& extent : output) extent *= number(1, 3);
    } else {
      output = {words_of(input)};
    }
    return "{name: a, kind: copy, operation: " + operation + ", inputs: [" + text(input) +
           "], output: " + text(output) + more;
  }

  std::mt19937_64 random_;
};

// Whatever the layer and the buffer's size: all words arrive, and nothing but words is changed by data.
TEST(VectorValues, RandomLayersGiveTheReferencesOutputs) {
  std::vector<std::unique_ptr<Simulator>> simulators;  // all before the first run: SystemC elaborates once
  const std::vector<std::int64_t> sizes = {1, 2, 5, 64, 4096};
  for (const auto size : sizes) simulators.push_back(std::make_unique<Simulator>(machine(size)));
  for (std::uint64_t seed = 1; seed <= test::random_cases(2000); ++seed) {
    Draw draw(seed);
    const std::string line = draw.layer();
    SCOPED_TRACE(line);
    Job job = job_of(line, draw.number(1, 3));
    job.overlap = draw.number(0, 1) == 0 ? Overlap::processing : Overlap::total;
    const auto i = static_cast<std::size_t>(draw.number(0, static_cast<std::int64_t>(sizes.size()) - 1));
    stats::LayerStats with_data = simulators[i]->run(job);
    ASSERT_EQ(with_data.verification, Verification::passed) << with_data.wrong_outputs;
    with_data.verification = Verification::off;
    job.data = false;
    ASSERT_EQ(with_data, simulators[i]->run(job));
    ASSERT_EQ(with_data, timing::schedule(job.layer, job.mapping, machine(sizes[i]), job.overlap));
  }
}

}  // namespace
}  // namespace weir
