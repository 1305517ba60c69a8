#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/unmapped.h"
#include "cli/workload_file.h"
#include "report/files.h"
#include "workload/workload.h"

namespace weir::cli {

po::options_description import_options() {
  const auto text = [] { return po::value<std::string>(); };
  po::options_description options("options");
  options.add_options()("out", text()->value_name("FILE"), "the workload file; else it is printed")(
      "batch", text()->value_name("N"),
      "the batch: the symbol of the inputs' first dimension, wherever it stands; else 1")(
      "dim", po::value<std::vector<std::string>>()->composing()->value_name("NAME=N"),
      "a symbolic dimension, by its name or as INPUT:AXIS (repeatable)")(
      "strict", po::bool_switch(), "a node that is not understood is an error")(
      "flatten-patches", po::bool_switch(),
      "a convolution of unpadded windows side by side becomes a product of flattened patches and weights");
  return options;
}

namespace {

/// Layers, MACs and words by kind.
std::string summary(const Workload& workload) {
  struct Sums {
    std::int64_t layers = 0, macs = 0, weights = 0, moved = 0;
  };
  std::map<LayerKind, Sums> kinds;
  Sums total;
  using enum Dimension;
  for (const Layer& layer : workload.layers) {
    const Extents& b = layer.bounds;
    const bool weights = layer.kind != LayerKind::matmul && !layer.is_memory_bound();
    for (Sums* sums : {&kinds[layer.kind], &total}) {
      ++sums->layers;
      sums->macs += layer.macs();
      sums->weights += weights ? b[G] * b[M] * b[C] * b[R] * b[S] : 0;
      sums->moved += layer.vector_work.words_in + layer.vector_work.words_out;
    }
  }
  std::string text =
      fmt::format("{:<14} {:>6} {:>12} {:>12} {:>14}\n{:<14} {:>6} {:>12} {:>12} {:>14}\n", workload.name,
                  "layers", "MACs", "weights", "moved words", "", "", "[M]", "[M]", "[M]");
  const auto row = [&](std::string_view name, const Sums& s) {
    const auto millions = [](std::int64_t n) { return static_cast<double>(n) / 1e6; };
    text += fmt::format("{:<14} {:>6} {:>12.3f} {:>12.3f} {:>14.3f}\n", name, s.layers, millions(s.macs),
                        millions(s.weights), millions(s.moved));
  };
  for (const auto& [kind, sums] : kinds) row(layer_kind_name(kind), sums);
  row("total", total);
  return text;
}

}  // namespace

int import_command(const Arguments& arguments) {
  constexpr std::uint64_t kMostImages = 65536;
  const bool has_model = !arguments.empty() && !arguments.front().starts_with("-");
  const auto values = parse_options("weir import MODEL [OPTIONS]", import_options(),
                                    {arguments.begin() + (has_model ? 1 : 0), arguments.end()});
  if (!values) return 0;
  if (!has_model)
    throw UsageError(
        "the model is missing; allowed is weir import MODEL [OPTIONS] with an .onnx, .csv, .yaml or .m file");
  ImportOptions options;
  options.strict = (*values)["strict"].as<bool>();
  options.flatten_patches = (*values)["flatten-patches"].as<bool>();
  options.batch = given(*values, "batch").value_or("");
  if (!options.batch.empty()) whole_number("batch", options.batch, 1, kMostImages);
  if (values->contains("dim")) options.dims = (*values)["dim"].as<std::vector<std::string>>();

  const auto out = given(*values, "out");
  std::vector<std::filesystem::path> files;
  if (out) files.emplace_back(*out);
  const report::Targets targets(files);
  const std::string& model = arguments.front();
  const auto text = import_model(model, options);
  if (!text) throw Reported();
  const Workload workload = read_workload(config::Node::parse(*text, model + " as imported"), 1);
  if (out) {
    report::write_file(*out, *text);
    fmt::print("{}", summary(workload));
  } else {
    fmt::print("{}", *text);
  }
  return check_complete("import", workload.missing, missing_text(workload));
}

}  // namespace weir::cli
