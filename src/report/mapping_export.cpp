#include "report/mapping_export.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace weir::report {

ExportedMappings timeloop_mappings(const std::vector<MappedLayer>& layers, const Accelerator& accelerator);
ExportedMappings zigzag_mappings(const std::vector<MappedLayer>& layers, const Accelerator& accelerator);

std::span<const MappingExporter> mapping_exporters() {
  static constexpr std::array kAll = {
      MappingExporter{"timeloop", true, timeloop_mappings},
      MappingExporter{"zigzag", false, zigzag_mappings},
  };
  return kAll;
}

std::vector<Loop> joined(const std::vector<Loop>& loops) {
  std::vector<Loop> result;
  for (const Loop& loop : loops) {
    if (loop.bound == 1) continue;
    if (!result.empty() && result.back().dimension == loop.dimension) {
      result.back().bound *= loop.bound;
    } else {
      result.push_back(loop);
    }
  }
  return result;
}

std::pair<std::vector<Loop>, bool> gathered(const std::vector<Loop>& loops) {
  std::vector<Loop> result;
  bool changed = false;
  for (const Loop& loop : joined(loops)) {
    const auto same = std::find_if(result.begin(), result.end(),
                                   [&](const Loop& other) { return other.dimension == loop.dimension; });
    if (same == result.end()) {
      result.push_back(loop);
    } else {
      same->bound *= loop.bound;
      changed = true;
    }
  }
  return {result, changed};
}

std::vector<std::string> lost_of_machine(const Accelerator& accelerator) {
  std::vector<std::string> parts;
  const auto add_if = [&](bool there, const char* what) {
    if (there) parts.emplace_back(what);
  };
  const NetworksSpec& networks = accelerator.networks;
  add_if(accelerator.pe.input_fifo_words > 0, "the FIFOs in front of register files");
  add_if(accelerator.systolic(), "words that hop from PE to PE, with their skew");
  add_if(!accelerator.systolic(), "chains of psums between neighbours");
  add_if(networks.weight_barrier != WeightBarrier::none, "what weights wait for");
  add_if(accelerator.global_buffer.weight_prefetch_words > 0, "the prefetch banks of weights");
  std::vector<std::string> lost;
  if (!parts.empty()) lost.push_back(fmt::format("{}", fmt::join(parts, ", ")));
  if (accelerator.systolic())
    lost.emplace_back(
        "convolutions: a systolic array's mapping is of the matrix product that a layer comes to");
  return lost;
}

std::string names_of(const std::vector<std::string>& layers) {
  constexpr std::size_t kShown = 5;
  const std::size_t shown = std::min(kShown, layers.size());
  std::string text =
      fmt::format("{}", fmt::join(layers.begin(), layers.begin() + static_cast<long>(shown), ", "));
  if (layers.size() > shown) text += fmt::format(" and {} more", layers.size() - shown);
  return text;
}

}  // namespace weir::report
