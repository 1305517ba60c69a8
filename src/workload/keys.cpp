#include "workload/keys.h"

#include "workload/read_keys.h"

namespace weir {
namespace {

using config::Allowed;
using config::key;
using config::When;
using enum Allowed::Type;

Allowed numbers(std::int64_t least, std::int64_t most, std::vector<std::size_t> lengths, std::string form) {
  return {.type = Allowed::Type::whole,
          .least = static_cast<double>(least),
          .most = static_cast<double>(most),
          .lengths = std::move(lengths),
          .form = std::move(form)};
}

const Allowed kExtent = numbers(1, kMostExtent, {}, "");
const Allowed kShape = numbers(1, kMostExtent, {Allowed::kAnyLength}, "[extents]");
const Allowed kSteps = numbers(1, kMostStep, {0, 2}, "one number or [vertical, horizontal]");
const Allowed kPadding =
    numbers(0, kMostPadding, {0, 2, 4}, "one number, [vertical, horizontal] or [top, left, bottom, right]");

When of(std::vector<std::string> kinds) {
  std::string text = "of ";
  for (const auto& kind : kinds) text += (text.size() > 3 ? ", `" : "`") + kind + "`";
  return {"kind", std::move(kinds), true, text};
}

const When kConv = of({"conv", "conv_transpose"});
const When kPlanes = of({"conv", "conv_transpose", "fc"});
const When kMatmul = of({"matmul"});
const When kMultiplied = of({"conv", "conv_transpose", "fc", "matmul"});
const When kRecurrent = of({"lstm", "gru", "rnn"});
const When kNotRecurrent{"kind", {"lstm", "gru", "rnn"}, false, "not of `lstm`, `gru`, `rnn`"};
const When kVector{"kind",
                   {"pool", "elementwise", "activation", "concat", "softmax", "norm", "copy"},
                   true,
                   "of memory-bound layers"};
const When kWithOperation{"operation", {}, true, "with `operation`"};

When with(const std::string& operation) {
  return {"operation", {operation}, true, "with `operation: " + operation + "`"};
}

}  // namespace

const std::vector<config::Key>& workload_keys() {
  static const std::vector<config::Key> kKeys = {
      {.path = "workload", .allowed = {.type = name}, .help = "its name"},
      {.path = "missing",
       .allowed = {.type = map},
       .required = false,
       .help = "what of a model the workload lacks (`weir import` writes it)"},
      {.path = "layers",
       .allowed = {.type = map, .lengths = {Allowed::kAnyLength}},
       .help = "the layers, in their order; no two have one name"},
  };
  return kKeys;
}

const config::Table<Missing>& missing_table() {
  using M = Missing;
  static const config::Table<M> kTable = {
      key<&M::nodes>("nodes", config::whole(0, kMostWords), {.help = "nodes that are missing"}),
      key<&M::of_mac_nodes>("of_mac_nodes", config::whole(0, kMostWords),
                            {.help = "how many nodes that multiply the model has in all"}),
      key<&M::mac_nodes>("mac_nodes", config::whole(0, kMostWords),
                         {.help = "those of them that are missing"}),
      key<&M::known_macs>("known_macs", config::whole(0, kMostWords),
                          {.help = "the MACs of those that are missing and whose shapes are known"}),
      key<M>("causes", {.type = text, .lengths = {Allowed::kAnyLength}},
             [](const config::Node& node, M& missing) {
               for (const auto& cause : node.list()) missing.causes.push_back(cause.text());
             },
             {.help = "why, in sentences"}),
  };
  return kTable;
}

const std::vector<config::Key>& layer_keys() {
  static const std::vector<config::Key> kKeys = {
      {.path = "name", .allowed = {.type = name}, .help = "its name"},
      {.path = "kind",
       .allowed = {.type = word,
                   .words = {"conv", "conv_transpose", "fc", "matmul", "pool", "elementwise", "activation",
                             "concat", "softmax", "norm", "copy", "lstm", "gru", "rnn"}},
       .help = "what it does"},
      {.path = "steps",
       .allowed = kExtent,
       .required = false,
       .fallback = "1",
       .help = "it runs so many times, one after the other, because each step needs the one before",
       .when = {kNotRecurrent}},
      {.path = "steps", .allowed = kExtent, .help = "steps of the sequence", .when = {kRecurrent}},
      {.path = "batch",
       .allowed = kExtent,
       .required = false,
       .fallback = "1",
       .help = "its images are that times `--batch`; a matrix product has them as groups"},
      {.path = "input",
       .allowed = numbers(1, kMostExtent, {3}, "[channels, rows, columns]"),
       .help = "shape of the ifmap of an image",
       .when = {kPlanes}},
      {.path = "input", .allowed = kExtent, .help = "channels", .when = {kRecurrent}},
      {.path = "output_channels", .allowed = kExtent, .help = "of all groups", .when = {kPlanes}},
      {.path = "rows",
       .allowed = kExtent,
       .required = false,
       .fallback = "1",
       .help = "the layer is applied to so many vectors of an image, such as the tokens of a sequence; "
               "`input` is then `[channels, 1, 1]`",
       .when = {of({"fc"})}},
      {.path = "rows", .allowed = kExtent, .help = "of the first operand and the product", .when = {kMatmul}},
      {.path = "inner",
       .allowed = kExtent,
       .help = "columns of the first operand, rows of the second",
       .when = {kMatmul}},
      {.path = "columns",
       .allowed = kExtent,
       .help = "of the second operand, which counts as `weight`, and of the product",
       .when = {kMatmul}},
      {.path = "hidden", .allowed = kExtent, .help = "words of the state", .when = {kRecurrent}},
      {.path = "directions",
       .allowed = numbers(1, 2, {}, ""),
       .required = false,
       .fallback = "1",
       .help = "2: a second one backward, with weights of its own",
       .when = {kRecurrent}},
      {.path = "inputs",
       .allowed = {.type = any, .lengths = {Allowed::kAnyLength}, .form = "[shapes]"},
       .help = "the shapes of one image's operands",
       .when = {kVector}},
      {.path = "output", .allowed = kShape, .help = "the shape of one image's output", .when = {kVector}},
      {.path = "operations_per_output",
       .allowed = numbers(0, kMostExtent, {}, ""),
       .required = false,
       .fallback = "0",
       .unit = "operations of the vector unit",
       .help = "what an output word takes",
       .when = {kVector}},
      {.path = "operation",
       .allowed = {.type = word, .words = {"max", "min", "sum", "average"}},
       .required = false,
       .help = "of each window; with it the layer has values",
       .when = {of({"pool"})}},
      {.path = "operation",
       .allowed = {.type = word, .words = {"add", "subtract", "multiply", "max", "min"}},
       .required = false,
       .help = "of two inputs or more, from the first on",
       .when = {of({"elementwise"})}},
      {.path = "operation",
       .allowed = {.type = word, .words = {"relu"}},
       .required = false,
       .help = "words below zero become zero",
       .when = {of({"activation"})}},
      {.path = "operation",
       .allowed = {.type = word, .words = {"reshape", "transpose", "slice", "repeat"}},
       .required = false,
       .help = "where the words go",
       .when = {of({"copy"})}},
      {.path = "axis",
       .allowed = numbers(0, 63, {}, ""),
       .required = false,
       .help = "along which the inputs stand one behind the other, from 0; with it the layer has values",
       .when = {of({"concat"})}},
      {.path = "order",
       .allowed = numbers(0, 63, {Allowed::kAnyLength}, "[a place for each axis]"),
       .help = "for each axis of the output the input's",
       .when = {of({"copy"}), with("transpose")}},
      {.path = "begin",
       .allowed = numbers(0, kMostExtent - 1, {Allowed::kAnyLength}, "[a place for each axis]"),
       .help = "the first word that is read",
       .when = {of({"copy"}), with("slice")}},
      {.path = "step",
       .allowed = numbers(1, kMostExtent, {Allowed::kAnyLength}, "[a step for each axis]"),
       .required = false,
       .help = "every so many words from there on; 1 when left out",
       .when = {of({"copy"}), with("slice")}},
      {.path = "filter",
       .allowed = numbers(1, kMostExtent, {2}, "[rows, columns]"),
       .help = "extents of the filter",
       .when = {kConv}},
      {.path = "filter",
       .allowed = numbers(1, kMostExtent, {2}, "[rows, columns]"),
       .help = "extents of the window, over the last two axes",
       .when = {of({"pool"}), kWithOperation}},
      {.path = "stride",
       .allowed = kSteps,
       .required = false,
       .fallback = "1",
       .help = "from window to window; of `conv_transpose` as frameworks mean it",
       .when = {kConv}},
      {.path = "stride",
       .allowed = kSteps,
       .required = false,
       .fallback = "1",
       .help = "from window to window",
       .when = {of({"pool"}), kWithOperation}},
      {.path = "dilation",
       .allowed = kSteps,
       .required = false,
       .fallback = "1",
       .help = "from tap to tap",
       .when = {kConv}},
      {.path = "dilation",
       .allowed = kSteps,
       .required = false,
       .fallback = "1",
       .help = "from tap to tap",
       .when = {of({"pool"}), kWithOperation}},
      {.path = "padding",
       .allowed = kPadding,
       .required = false,
       .fallback = "0",
       .help = "zeros around the ifmap; of `conv_transpose` as frameworks mean it",
       .when = {kConv}},
      {.path = "padding",
       .allowed = kPadding,
       .required = false,
       .fallback = "0",
       .help = "around the input; it is no word of a window, is in no maximum and adds nothing",
       .when = {of({"pool"}), kWithOperation}},
      {.path = "counts_padding",
       .allowed = {.type = boolean},
       .required = false,
       .fallback = "false",
       .help = "the divisor: a window's words of the input, or with this key those of the padding, too (not "
               "what stands over the padding's end)",
       .when = {of({"pool"}), with("average")}},
      {.path = "output_padding",
       .allowed = numbers(0, kMostStep, {2}, "[vertical, horizontal]"),
       .required = false,
       .help = "rows and columns that the stride leaves open, below it; 0 when left out",
       .when = {of({"conv_transpose"})}},
      {.path = "groups",
       .allowed = kExtent,
       .required = false,
       .fallback = "1",
       .help = "a divisor of the channels of input and output",
       .when = {kConv}},
      {.path = "ifmap_zeros",
       .allowed = {.type = number, .least = 0, .most = 1},
       .required = false,
       .fallback = "0",
       .help = "the fraction of the ifmap's words, without padding, that is zero",
       .when = {kMultiplied}},
      {.path = "then",
       .allowed = {.type = word, .words = {"relu"}},
       .required = false,
       .help = "of the outputs, those below zero become zero",
       .when = {of({"pool", "elementwise", "activation", "copy"}), kWithOperation}},
      {.path = "then",
       .allowed = {.type = word, .words = {"relu"}},
       .required = false,
       .help = "the same",
       .when = {of({"concat"}), {"axis", {}, true, "with `axis`"}}},
  };
  return kKeys;
}

}  // namespace weir
