#include "cli/search_mappings.h"

#include <unistd.h>

#include <algorithm>

#include "cli/progress.h"

namespace weir::cli {
namespace {

/// The first of the layers before `end` that is the same but for its name; `end` if there is none.
std::size_t find_alike(const std::vector<Layer>& layers, std::size_t end) {
  Layer layer = layers[end];
  for (std::size_t i = 0; i < end; ++i) {
    layer.name = layers[i].name;
    if (layer == layers[i]) return i;
  }
  return end;
}

}  // namespace

std::vector<SearchResult> search_mappings(const std::vector<Layer>& layers, const Accelerator& accelerator,
                                          const energy::EnergyTable& table, const Dataflow& dataflow,
                                          const MapperRequest& request,
                                          const std::map<std::string, Pins>& pins, bool may_show_progress,
                                          std::vector<report::UnmappedLayer>* unmapped) {
  Progress progress(may_show_progress && ::isatty(STDERR_FILENO) != 0, static_cast<double>(layers.size()));
  MapperRequest of_layer = request;
  of_layer.search.progress = [&](double fraction) { progress.update(fraction); };
  std::vector<SearchResult> results;
  std::vector<report::UnmappedLayer> none;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    progress.begin("mapping " + layer.name, 1);
    const auto pinned = pins.find(layer.name);
    // Deep networks repeat their layers: what was found for one holds for all of its shape.
    if (const auto alike = pins.empty() ? find_alike(layers, i) : i; alike < i) {
      results.push_back(results[alike]);
      const auto same = std::find_if(none.begin(), none.end(),
                                     [&](const auto& other) { return other.layer == layers[alike].name; });
      if (same != none.end()) none.push_back({layer.name, std::string(same->reason)});
      continue;
    }
    of_layer.pins = pinned == pins.end() ? Pins{} : pinned->second;
    try {
      results.push_back(find_mappings(layer, accelerator, table, dataflow, of_layer));
    } catch (const NoMapping& error) {
      if (!unmapped) throw;
      none.push_back({layer.name, error.reason()});
      results.emplace_back();
    }
  }
  if (unmapped) *unmapped = none;
  return results;
}

}  // namespace weir::cli
