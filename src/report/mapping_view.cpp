#include "report/mapping_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mapping/capacity.h"
#include "mapping/nest.h"
#include "mapping/systolic.h"

namespace weir::report {
namespace {

std::string_view dimension_name(Dimension d) {
  static constexpr std::array<std::string_view, kDimensions> kNames = {
      "groups",      "images",         "output channels", "input channels",
      "output rows", "output columns", "filter rows",     "filter columns"};
  return kNames[static_cast<std::size_t>(d)];
}

std::vector<std::string> loop_texts(const std::vector<Loop>& loops) {
  std::vector<std::string> texts;
  for (const Loop& loop : loops)
    texts.push_back(fmt::format("{}={}", dimension_letter(loop.dimension), loop.bound));
  return texts;
}

std::int64_t product(const std::vector<Loop>& loops) {
  std::int64_t product = 1;
  for (const Loop& loop : loops) product *= loop.bound;
  return product;
}

std::string buffer_line(const Mapping& mapping, const LoopNest& nest, const Layer& layer,
                        const Accelerator& a) {
  const BufferNeed need =
      buffer_need(nest.tile(Level::global_buffer), mapping.weights_in_global_buffer, layer, a);
  std::string text;
  for (const Tensor tensor : kAllTensors) {
    const auto t = static_cast<std::size_t>(tensor);
    if (need.banks[t] > 0)
      text += fmt::format("{} {} words in {} banks, ", tensor_name(tensor), need.words[t], need.banks[t]);
  }
  text += fmt::format("{} of {} banks of {} words", need.banks_needed, need.banks_there,
                      a.global_buffer.bank_words);
  if (!mapping.weights_in_global_buffer) {
    const Need weights = prefetch_need(nest.tile(Level::pe_rows), layer, a);
    text += fmt::format("; weight {} of {} words prefetched", weights.needed, weights.there);
  }
  return text;
}

std::string systolic_pe_line(const Mapping& mapping, const Accelerator& a) {
  const auto roles = systolic_roles(mapping, a);
  if (!roles) return "";
  const Need need = stationary_need(roles->stationary, a);
  return fmt::format("{}: {} of {} words", need.what, need.needed, need.there);
}

std::string pe_line(const LoopNest& nest, const Layer& layer, const Accelerator& a) {
  const Extents& tile = nest.tile(Level::pe);
  if (a.pe.shared_rf_words > 0) {
    const auto words = [&](Tensor tensor) { return footprint_words(tensor, tile, layer); };
    const std::int64_t ifmap = words(Tensor::ifmap), weights = words(Tensor::weight),
                       psums = words(Tensor::psum);
    return fmt::format("ifmap {}, weight {} and psum {} words: {} of {}", ifmap, weights, psums,
                       ifmap + weights + psums, a.pe.shared_rf_words);
  }
  return fmt::format("ifmap {} of {} words, weight {} of {}, psum {} of {}",
                     footprint_words(Tensor::ifmap, tile, layer), a.pe.ifmap_rf_words,
                     footprint_words(Tensor::weight, tile, layer), a.pe.weight_rf_words,
                     footprint_words(Tensor::psum, tile, layer), a.pe.psum_rf_words);
}

}  // namespace

std::string mapping_view(const Mapping& mapping, const Layer& original, const Accelerator& accelerator) {
  const Layer layer = mapped_layer(original, accelerator);
  const LoopNest nest(mapping, layer);
  std::string text;
  std::size_t depth = 0;
  for (const Level level : kAllLevels) {
    const auto& loops = mapping.at(level);
    text += fmt::format("  {:14}", level_name(level));
    if (level == Level::global_buffer) text += buffer_line(mapping, nest, layer, accelerator);
    if (level == Level::pe)
      text +=
          accelerator.systolic() ? systolic_pe_line(mapping, accelerator) : pe_line(nest, layer, accelerator);
    if (is_spatial(level)) {
      const std::int64_t there = level == Level::pe_rows ? accelerator.rows : accelerator.columns;
      text += fmt::format("unrolled {} ({} of {})",
                          loops.empty() ? "nothing" : fmt::format("{}", fmt::join(loop_texts(loops), " ")),
                          product(loops), there);
    }
    text += '\n';
    if (is_spatial(level)) continue;
    for (const NestLoop& loop : nest.loops(level)) {
      const std::int64_t whole = layer.bounds[loop.dimension];
      const std::string each = loop.step == 1 ? "" : fmt::format(", {} each", loop.step);
      text += fmt::format("  {:{}}for {} in {}  # {}{} of {}\n", "", 2 * ++depth,
                          dimension_letter(loop.dimension), loop.bound, dimension_name(loop.dimension), each,
                          whole);
    }
  }
  return text;
}

std::string mapping_line(const Mapping& mapping) {
  std::vector<std::string> levels;
  for (const Level level : kAllLevels) {
    if (!mapping.at(level).empty())
      levels.push_back(
          fmt::format("{} {}", level_name(level), fmt::join(loop_texts(mapping.at(level)), " ")));
  }
  return fmt::format("{}{}", fmt::join(levels, " | "),
                     mapping.weights_in_global_buffer ? " | weights in the buffer" : "");
}

}  // namespace weir::report
