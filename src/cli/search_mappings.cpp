#include "cli/search_mappings.h"

#include <unistd.h>

#include <algorithm>

#include "cli/progress.h"

namespace weir::cli {
namespace {

/// Whether the same mappings are legal for both, and cost the same.
bool alike(const Layer& a, const Layer& b) {
  return a.kind == b.kind && a.bounds == b.bounds && a.stride == b.stride && a.dilation == b.dilation &&
         a.vector_work == b.vector_work;
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
  for (const Layer& layer : layers) {
    progress.begin("mapping " + layer.name, 1);
    const auto pinned = pins.find(layer.name);
    of_layer.pins = pinned == pins.end() ? Pins{} : pinned->second;
    // A network has many layers of the same shape.
    const auto twin =
        std::find_if(layers.begin(), layers.end(), [&](const Layer& l) { return alike(l, layer); });
    const auto number = static_cast<std::size_t>(twin - layers.begin());
    if (pins.empty() && number < results.size() && !results[number].best.empty()) {
      results.push_back(results[number]);
      continue;
    }
    try {
      results.push_back(find_mappings(layer, accelerator, table, dataflow, of_layer));
    } catch (const NoMapping& error) {
      if (!unmapped) throw;
      unmapped->push_back({layer, error.reason()});
      results.emplace_back();
    }
  }
  return results;
}

}  // namespace weir::cli
