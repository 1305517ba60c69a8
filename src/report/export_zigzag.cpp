#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "base/ceil_div.h"
#include "report/json_values.h"
#include "report/mapping_export.h"

namespace weir::report {
namespace {

/// A loop's dimension as ZigZag's reader of ONNX models calls it: O[b][g][k][oy][ox] += W[g][k][c][fy][fx] *
/// I[b][g][c][iy][ix] of a convolution, O[b][d][k] += I[b][d][c] * W[c][k] of a product.
std::string_view dimension_name_of(Dimension d, const Layer& layer) {
  const bool is_product = layer.kind == LayerKind::fc || layer.kind == LayerKind::matmul;
  switch (d) {
    case Dimension::G:
      return is_product ? "B" : "G";
    case Dimension::N:
      return is_product && layer.bounds[Dimension::P] == 1 ? "D" : "B";
    case Dimension::M:
      return "K";
    case Dimension::C:
      return "C";
    case Dimension::P:
      return is_product ? "D" : "OY";
    case Dimension::Q:
      return "OX";
    case Dimension::R:
      return "FY";
    case Dimension::S:
      return "FX";
  }
  return "";
}

std::string unrolled(const std::vector<Loop>& loops, const Layer& layer) {
  std::vector<std::string> texts;
  for (const auto& [d, bound] : gathered(loops).first)
    texts.push_back(fmt::format("\"{}, {}\"", dimension_name_of(d, layer), bound));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

/// The loops of all levels that are not unrolled, outermost first.
std::vector<Loop> temporal_loops(const Mapping& mapping) {
  std::vector<Loop> all;
  for (const Level level : kAllLevels) {
    if (!is_spatial(level)) all.insert(all.end(), mapping.at(level).begin(), mapping.at(level).end());
  }
  return joined(all);
}

/// Dimensions whose loops in time come to more than is left of the bound by those in space: ZigZag takes no
/// order of loops then.
std::string too_many(const MappedLayer& mapped) {
  std::string text;
  for (const Dimension d : kAllDimensions) {
    std::int64_t in_space = 1, in_time = 1;
    for (const Level level : kAllLevels) {
      for (const Loop& loop : mapped.mapping.at(level))
        if (loop.dimension == d) (is_spatial(level) ? in_space : in_time) *= loop.bound;
    }
    const std::int64_t wanted = ceil_div(mapped.layer.bounds[d], in_space);
    if (in_time != wanted)
      text += fmt::format("{}{} in {} instead of {}", text.empty() ? "" : ", ",
                          dimension_name_of(d, mapped.layer), in_time, wanted);
  }
  return text;
}

std::string entry(const std::string& name, const std::string& rows, const std::string& columns) {
  return fmt::format("- name: {}\n  spatial_mapping:\n    D1: {}\n    D2: {}\n", name, rows, columns);
}

constexpr auto kLinks = "  memory_operand_links: {O: O, W: I2, I: I1}\n";

}  // namespace

ExportedMappings zigzag_mappings(const std::vector<MappedLayer>& layers, const Accelerator& accelerator) {
  ExportedMappings result;
  std::string text;
  std::vector<std::string> stepped;
  for (const MappedLayer& mapped : layers) {
    const auto& [layer, mapping] = mapped;
    text += entry(Json(layer.name).dump(-1, ' ', true), unrolled(mapping.at(Level::pe_rows), layer),
                  unrolled(mapping.at(Level::pe_columns), layer));
    text += "  temporal_ordering:  # innermost first\n";
    const auto loops = temporal_loops(mapping);
    for (auto loop = loops.rbegin(); loop != loops.rend(); ++loop)
      text += fmt::format("    - [{}, {}]\n", dimension_name_of(loop->dimension, layer), loop->bound);
    text += kLinks;
    if (const auto parts = too_many(mapped); !parts.empty())
      result.lost.push_back(
          fmt::format("{}: partial tiles; ZigZag will refuse the order of loops ({})", layer.name, parts));
    if (layer.steps > 1) stepped.push_back(layer.name);
  }
  // ZigZag takes no file without it.
  text += entry("default", "[]", "[]") + kLinks;
  result.files.emplace_back("", text);
  if (!stepped.empty())
    result.lost.push_back(fmt::format("{}: that a step needs the one before", names_of(stepped)));
  result.lost.emplace_back("at which level a loop stands and what a level keeps: ZigZag finds these itself");
  result.lost.emplace_back("padding is part of ZigZag's workload, not of its mapping");
  for (std::string& machine : lost_of_machine(accelerator)) result.lost.push_back(std::move(machine));
  return result;
}

}  // namespace weir::report
