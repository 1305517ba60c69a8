#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mapping/capacity.h"
#include "mapping/systolic.h"
#include "report/json_values.h"
#include "report/mapping_export.h"

namespace weir::report {
namespace {

/// A store, or the fan-out below one, and what a mapping says of it. From the outermost.
struct Target {
  std::string name;
  std::vector<Tensor> kept;
  std::vector<Loop> loops;  ///< outermost first, one for each dimension
  bool is_spatial = false;
  bool along_y = false;  ///< of a spatial one
};

/// A loop's iterations, and how many the last pass through it has: Timeloop's `M=4,2`.
struct Factor {
  std::int64_t whole = 1, last = 1;
};

std::string_view space_name(Tensor tensor) {
  return tensor == Tensor::ifmap ? "Inputs" : tensor == Tensor::weight ? "Weights" : "Outputs";
}

/// The register files, each with the tensors that it holds. A mapping's loops in the PE are below all of
/// them.
std::vector<Target> register_files(const Mapping& mapping, const Accelerator& accelerator) {
  const std::vector<Tensor> all(kAllTensors.begin(), kAllTensors.end());
  if (accelerator.pe.shared_rf_words > 0) return {{"register_file", all, {}}};
  const auto roles = accelerator.systolic() ? systolic_roles(mapping, accelerator) : std::nullopt;
  std::vector<Target> files;
  for (const Tensor tensor : all) {
    if (!has_register_file(tensor, accelerator.pe) || (roles && roles->stationary != tensor)) continue;
    files.push_back({fmt::format("{}_rf", tensor_name(tensor)), {tensor}, {}});
  }
  if (files.empty()) files.push_back({"pe", {}, {}});
  return files;
}

std::vector<Target> targets_of(const Mapping& mapping, const Accelerator& accelerator, bool& reordered) {
  const auto loops = [&](Level level) {
    auto [found, changed] = gathered(mapping.at(level));
    reordered |= changed && !is_spatial(level);
    return found;
  };
  std::vector<Tensor> buffered;
  if (!accelerator.global_buffer.ifmap_bypasses) buffered.push_back(Tensor::ifmap);
  if (mapping.weights_in_global_buffer) buffered.push_back(Tensor::weight);
  if (!accelerator.global_buffer.psum_bypasses) buffered.push_back(Tensor::psum);
  std::vector<Target> targets = {{"dram", {kAllTensors.begin(), kAllTensors.end()}, loops(Level::dram)},
                                 {"global_buffer", buffered, loops(Level::global_buffer)},
                                 {"pe_rows", {}, loops(Level::pe_rows), true, true},
                                 {"pe_columns", {}, loops(Level::pe_columns), true, false}};
  for (Target& file : register_files(mapping, accelerator)) targets.push_back(std::move(file));
  targets.back().loops = loops(Level::pe);
  return targets;
}

/// By target and dimension. The last index of a dimension, its bound less one, is a number whose digits are
/// the loops' last indices.
std::vector<PerDimension<Factor>> factors_of(const std::vector<Target>& targets, const Layer& layer) {
  std::vector<PerDimension<Factor>> factors(targets.size());
  for (std::size_t t = 0; t < targets.size(); ++t) {
    for (const Loop& loop : targets[t].loops) factors[t][loop.dimension].whole = loop.bound;
  }
  for (const Dimension d : kAllDimensions) {
    std::int64_t rest = layer.bounds[d] - 1;
    for (std::size_t t = targets.size(); t-- > 0;) {
      Factor& factor = factors[t][d];
      factor.last = rest % factor.whole + 1;
      rest /= factor.whole;
    }
  }
  return factors;
}

std::string loops_text(const Target& target, const PerDimension<Factor>& factors, bool spatial) {
  std::vector<std::string> texts;
  std::string order;
  for (const Dimension d : kAllDimensions) {
    const Factor factor = spatial == target.is_spatial ? factors[d] : Factor{};
    texts.push_back(fmt::format("{}={}", dimension_letter(d), factor.whole));
    if (factor.last != factor.whole) texts.back() += fmt::format(",{}", factor.last);
  }
  if (spatial == target.is_spatial) {
    for (std::size_t i = target.loops.size(); i-- > 0;) order += dimension_letter(target.loops[i].dimension);
  }
  for (const Dimension d : kAllDimensions) {
    if (order.find(dimension_letter(d)) == std::string::npos) order += dimension_letter(d);
  }
  return fmt::format("  - target: {}\n    type: {}\n    factors: {}\n    permutation: {}\n{}", target.name,
                     spatial ? "spatial" : "temporal", fmt::join(texts, " "), order,
                     spatial ? fmt::format("    split: {}\n", target.along_y ? 0 : kDimensions) : "");
}

std::string mapping_of(const std::vector<Target>& targets, const Layer& layer) {
  const auto factors = factors_of(targets, layer);
  std::string text = "mapping:\n";
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const Target& target = targets[t];
    std::vector<std::string_view> kept, passing;
    for (const Tensor tensor : kAllTensors) {
      const bool is_kept = std::find(target.kept.begin(), target.kept.end(), tensor) != target.kept.end();
      (is_kept ? kept : passing).push_back(space_name(tensor));
    }
    text += fmt::format("  - target: {}\n    type: bypass\n    keep: [{}]\n    bypass: [{}]\n", target.name,
                        fmt::join(kept, ", "), fmt::join(passing, ", "));
    if (target.is_spatial) text += loops_text(target, factors[t], true);
    text += loops_text(target, factors[t], false);
  }
  return text;
}

std::string problem_of(const Layer& layer) {
  std::string bounds;
  for (const Dimension d : kAllDimensions)
    bounds += fmt::format("{}: {}, ", dimension_letter(d), layer.bounds[d]);
  return fmt::format(
      "problem:\n"
      "  version: 0.4\n"
      "  shape:\n"
      "    name: {}\n"
      "    dimensions: [G, N, M, C, P, Q, R, S]\n"
      "    coefficients:\n"
      "      - {{name: Wstride, default: 1}}\n"
      "      - {{name: Hstride, default: 1}}\n"
      "      - {{name: Wdilation, default: 1}}\n"
      "      - {{name: Hdilation, default: 1}}\n"
      "    data_spaces:\n"
      "      - name: Weights\n"
      "        projection: [[[G]], [[M]], [[C]], [[R]], [[S]]]\n"
      "      - name: Inputs\n"
      "        projection: [[[G]], [[N]], [[C]], [[R, Wdilation], [P, Wstride]], [[S, Hdilation], [Q, "
      "Hstride]]]\n"
      "      - name: Outputs\n"
      "        projection: [[[G]], [[N]], [[M]], [[P]], [[Q]]]\n"
      "        read_write: true\n"
      "  instance: {{{}Wstride: {}, Hstride: {}, Wdilation: {}, Hdilation: {}}}\n",
      Json(layer.name).dump(-1, ' ', true), bounds, layer.stride.vertical, layer.stride.horizontal,
      layer.dilation.vertical, layer.dilation.horizontal);
}

bool is_padded(const Layer& layer) { return layer.padding != Padding{}; }

}  // namespace

ExportedMappings timeloop_mappings(const std::vector<MappedLayer>& layers, const Accelerator& accelerator) {
  ExportedMappings result;
  std::vector<std::string> padded, spaced, stepped, out_of_order;
  for (const auto& [layer, mapping] : layers) {
    bool reordered = false;
    const auto targets = targets_of(mapping, accelerator, reordered);
    result.files.emplace_back(layer.name + ".yaml", problem_of(layer) + mapping_of(targets, layer));
    if (is_padded(layer)) padded.push_back(layer.name);
    if (layer.spacing != Plane{}) spaced.push_back(layer.name);
    if (layer.steps > 1) stepped.push_back(layer.name);
    if (reordered) out_of_order.push_back(layer.name);
  }
  const auto lose = [&](const std::vector<std::string>& names, const char* what) {
    if (!names.empty()) result.lost.push_back(fmt::format("{}: {}", names_of(names), what));
  };
  lose(padded, "padding is no part of a problem; its zeros are words like others");
  lose(spaced, "zeros between the words of a transposed convolution are words like others");
  lose(stepped, "that a step needs the one before; the steps are a loop like others");
  lose(out_of_order, "two loops over a dimension at one level; both stand at the place of the outer one");
  for (std::string& text : lost_of_machine(accelerator)) result.lost.push_back(std::move(text));
  return result;
}

}  // namespace weir::report
