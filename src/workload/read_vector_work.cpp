#include "workload/read_vector_work.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/ceil_div.h"
#include "workload/read_keys.h"

namespace weir {
namespace {

using config::Node;
using config::TableMap;

std::string text_of(const TensorShape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

TensorShape read_shape(const Node& node) {
  TensorShape shape;
  std::int64_t words = 1;
  for (const Node& side : node.list()) {
    const std::int64_t length = shape.emplace_back(read_extent(side));
    if (length > (kMostWords - 1) / words) node.fail("too many words; allowed is less than 2^60");
    words *= length;
  }
  return shape;
}

std::int64_t times(const Node& node, std::int64_t a, std::int64_t b) {
  if (b != 0 && a > (kMostWords - 1) / b) node.fail("too many words; allowed is less than 2^60");
  return a * b;
}

/// The functions that a kind of layer may name.
std::vector<VectorFunction> functions_of(LayerKind kind) {
  using enum VectorFunction;
  switch (kind) {
    case LayerKind::pool:
      return {max, min, sum, average};
    case LayerKind::elementwise:
      return {add, subtract, multiply, max, min};
    case LayerKind::activation:
      return {relu};
    case LayerKind::copy:
      return {reshape, transpose, slice, repeat};
    default:
      return {};
  }
}

/// `find` finds a key of the layer.
template <typename Find>
VectorFunction read_function(Find find, LayerKind kind) {
  if (kind == LayerKind::concat) return find("axis") ? VectorFunction::concat : VectorFunction::none;
  std::vector<std::pair<std::string, VectorFunction>> names;
  for (const VectorFunction function : functions_of(kind))
    names.emplace_back(vector_function_name(function), function);
  if (names.empty()) return VectorFunction::none;
  const std::optional<Node> node = find("operation");
  return node ? node->choice<VectorFunction>(names) : VectorFunction::none;
}

/// The keys that say what becomes of the words, once the function and the shapes are known.
class ValuesReader {
 public:
  ValuesReader(TableMap& map, VectorValues& values)
      : map_(map), inputs_(map.at("inputs")), output_(map.at("output")), values_(values) {}

  void read() {
    if (values_.is_pool) return read_pool();
    switch (values_.function) {
      case VectorFunction::relu:
      case VectorFunction::reshape:
        return check_same_words();
      case VectorFunction::concat:
        return read_concat();
      case VectorFunction::transpose:
        return read_transpose();
      case VectorFunction::slice:
        return read_slice();
      case VectorFunction::repeat:
        return check_repeat();
      default:
        return check_operands();
    }
  }

 private:
  const TensorShape& input() {
    if (values_.inputs.size() != 1)
      inputs_.fail(fmt::format("{} inputs; allowed is one for this operation", values_.inputs.size()));
    return values_.inputs.front();
  }
  void check_rank(std::size_t rank) {
    if (values_.output.size() != rank) {
      output_.fail(fmt::format("an output of {} extents; allowed are as many as the input has, {}",
                               values_.output.size(), rank));
    }
  }

  void check_same_words() {
    if (words_of(input()) == words_of(values_.output)) return;
    output_.fail(fmt::format("an output of {} words; allowed are as many as the input has, {}",
                             words_of(values_.output), words_of(input())));
  }

  /// Inputs that are stretched to the output as numpy does it.
  void check_operands() {
    const TensorShape& output = values_.output;
    if (values_.inputs.size() < 2) inputs_.fail("one input; allowed are two or more for this operation");
    TensorShape reached(output.size(), 1);
    for (std::size_t i = 0; i < values_.inputs.size(); ++i) {
      const TensorShape& shape = values_.inputs[i];
      bool fits = shape.size() <= output.size();
      for (std::size_t j = 0; fits && j < shape.size(); ++j) {
        const std::size_t axis = output.size() - shape.size() + j;
        fits = shape[j] == 1 || shape[j] == output[axis];
        reached[axis] = std::max(reached[axis], shape[j]);
      }
      if (!fits) {
        inputs_.list()[i].fail(
            fmt::format("an input {} of an output {}; allowed are the output's extents, "
                        "counted from the last, or 1",
                        text_of(shape), text_of(output)));
      }
    }
    if (reached != output)
      output_.fail(
          fmt::format("the inputs reach {}; allowed is an output of these extents", text_of(reached)));
  }

  void read_concat() {
    const Node axis_node = map_.at("axis");
    const auto rank = static_cast<std::int64_t>(values_.output.size());
    if (rank == 0) output_.fail("no extents; allowed are one or more");
    const std::int64_t axis = axis_node.integer(0, rank - 1);
    values_.axis = static_cast<std::size_t>(axis);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < values_.inputs.size(); ++i) {
      TensorShape shape = values_.inputs[i];
      const bool same_rank = shape.size() == values_.output.size();
      if (same_rank) sum += std::exchange(shape[values_.axis], values_.output[values_.axis]);
      if (shape != values_.output) {
        inputs_.list()[i].fail(
            fmt::format("an input {} of an output {}; allowed are its extents, but on axis {}",
                        text_of(values_.inputs[i]), text_of(values_.output), axis));
      }
    }
    if (sum != values_.output[values_.axis]) {
      output_.fail(fmt::format("the inputs have {} on axis {}, the output {}; allowed is the same", sum, axis,
                               values_.output[values_.axis]));
    }
  }

  void read_transpose() {
    const std::size_t rank = input().size();
    check_rank(rank);
    const Node node = map_.at("order");
    const auto most = static_cast<std::int64_t>(rank) - 1;
    values_.order = read_numbers(node, rank, "a place for each axis", 0, most);
    std::vector<bool> seen(rank, false);
    for (std::size_t i = 0; i < rank; ++i) {
      const auto from = static_cast<std::size_t>(values_.order[i]);
      if (seen[from]) node.fail(fmt::format("axis {} twice; allowed is each axis once", from));
      seen[from] = true;
    }
    for (std::size_t i = 0; i < rank; ++i) {
      const auto from = static_cast<std::size_t>(values_.order[i]);
      if (values_.output[i] != input()[from]) {
        output_.fail(fmt::format("extent {} of the output is {}; allowed is that of the input's axis {}, {}",
                                 i, values_.output[i], from, input()[from]));
      }
    }
  }

  void read_slice() {
    const std::size_t rank = input().size();
    check_rank(rank);
    values_.begin = read_numbers(map_.at("begin"), rank, "a place for each axis", 0, kMostExtent - 1);
    const auto step = map_.find("step");
    values_.step =
        step ? read_numbers(*step, rank, "a step for each axis", 1, kMostExtent) : TensorShape(rank, 1);
    for (std::size_t i = 0; i < rank; ++i) {
      const std::int64_t last = values_.begin[i] + (values_.output[i] - 1) * values_.step[i];
      if (last >= input()[i]) {
        output_.fail(fmt::format("the slice ends at place {} of axis {}; allowed is less than the input's {}",
                                 last, i, input()[i]));
      }
    }
  }

  void check_repeat() {
    const std::size_t rank = input().size();
    check_rank(rank);
    for (std::size_t i = 0; i < rank; ++i) {
      if (values_.output[i] % input()[i] != 0) {
        output_.fail(fmt::format("extent {} of the output is {}; allowed are multiples of the input's {}", i,
                                 values_.output[i], input()[i]));
      }
    }
  }

  void read_pool() {
    const std::size_t rank = input().size();
    if (rank < 2) inputs_.fail("an input without rows and columns; allowed are two extents or more");
    check_rank(rank);
    for (std::size_t i = 0; i + 2 < rank; ++i) {
      if (values_.output[i] != input()[i]) {
        output_.fail(fmt::format("extent {} of the output is {}; allowed is the input's {}", i,
                                 values_.output[i], input()[i]));
      }
    }
    const Node filter = map_.at("filter");
    const auto extents = read_numbers(filter, 2, "[rows, columns]", 1, kMostExtent);
    values_.filter = {extents[0], extents[1]};
    values_.stride = read_steps(map_.find("stride"));
    values_.dilation = read_steps(map_.find("dilation"));
    values_.padding = read_padding(map_.find("padding"));
    if (values_.function == VectorFunction::average) {
      if (const auto counts = map_.find("counts_padding")) values_.counts_padding = counts->boolean();
    }
    const Padding& around = values_.padding;
    check_windows(filter, "rows", {around.top, around.bottom}, input()[rank - 2], values_.output[rank - 2],
                  {values_.filter.vertical, values_.stride.vertical, values_.dilation.vertical});
    check_windows(filter, "columns", {around.left, around.right}, input()[rank - 1], values_.output[rank - 1],
                  {values_.filter.horizontal, values_.stride.horizontal, values_.dilation.horizontal});
  }

  struct Sides {
    std::int64_t before, behind;
  };
  struct Taps {
    std::int64_t count, stride, dilation;
  };

  /// The windows along one direction; the last one may stand over the padding's end.
  void check_windows(const Node& filter, std::string_view direction, const Sides& padding,
                     std::int64_t length, std::int64_t outputs, const Taps& taps) {
    const std::int64_t padded = length + padding.before + padding.behind;
    const std::int64_t reach = taps.dilation * (taps.count - 1) + 1;
    check_filter_span(filter, direction, reach, padded);
    const std::int64_t least = (padded - reach) / taps.stride + 1;
    const std::int64_t most = ceil_div(padded - reach, taps.stride) + 1;
    if (outputs < least || outputs > most) {
      const auto allowed = least == most ? fmt::format("{}", least) : fmt::format("{} or {}", least, most);
      output_.fail(fmt::format("{} {}; allowed is {}, from the filter, its stride and the padding", outputs,
                               direction, allowed));
    }
    // Only windows that begin before the input, or behind its end, can be without one of its words.
    const auto has_words = [&](std::int64_t output) {
      const std::int64_t begin = output * taps.stride - padding.before;
      const std::int64_t skipped = begin < 0 ? ceil_div(-begin, taps.dilation) : 0;
      return skipped < taps.count && begin + skipped * taps.dilation < length;
    };
    bool all_have = has_words(outputs - 1);
    for (std::int64_t i = 0; i < outputs && i * taps.stride < padding.before; ++i) all_have &= has_words(i);
    if (!all_have)
      filter.fail(fmt::format(
          "a window of padding only, among {}; allowed are windows with a word of the input", direction));
  }

  TableMap& map_;
  const Node inputs_, output_;
  VectorValues& values_;
};

}  // namespace

void check_operation(const Node& layer, LayerKind kind) {
  read_function([&](const char* key) { return layer.find(key); }, kind);
}

VectorWork read_vector_work(TableMap& map, LayerKind kind, std::int64_t images) {
  const Node inputs = map.at("inputs");
  const std::vector<Node> shapes = inputs.list();
  if (shapes.empty()) inputs.fail("no inputs; allowed is a list of shapes");
  VectorWork work;
  VectorValues values;
  for (const Node& shape : shapes) {
    work.words_in += words_of(values.inputs.emplace_back(read_shape(shape)));
    if (work.words_in >= kMostWords) shape.fail("too many words; allowed is less than 2^60");
  }
  const Node output = map.at("output");
  values.output = read_shape(output);
  work.words_in = times(inputs, work.words_in, images);
  work.words_out = times(output, words_of(values.output), images);
  const auto operations = map.find("operations_per_output");
  if (operations) work.operations = times(*operations, work.words_out, operations->integer(0, kMostExtent));

  values.function = read_function([&](const char* key) { return map.find(key); }, kind);
  if (values.function == VectorFunction::none) return work;
  values.is_pool = kind == LayerKind::pool;
  values.images = images;
  ValuesReader(map, values).read();
  if (const auto then = map.find("then")) {
    then->choice({"relu"});
    values.then_relu = true;
  }
  // A slice is addressed in DRAM: what it leaves out is not read.
  if (values.function == VectorFunction::slice) work.words_in = work.words_out;
  work.values = std::move(values);
  return work;
}

}  // namespace weir
