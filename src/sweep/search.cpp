#include "sweep/search.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "mapper/mapper.h"

namespace weir::sweep {
namespace {

/// The same rule with a name that stands for all.
Dataflow nameless(const Dataflow& dataflow) {
  Dataflow rule = dataflow;
  rule.name = "the dataflow";
  for (Dataflow& alternative : rule.alternatives) alternative.name = rule.name;
  return rule;
}

Loop loop_of(const std::string& text) {
  Loop loop{Dimension::G, 0};
  const auto dimension = parse_dimension(text.substr(0, 1));
  const char* end = text.data() + text.size();
  const bool is_right = text.size() > 2 && text[1] == '=' && dimension &&
                        std::from_chars(text.data() + 2, end, loop.bound).ptr == end;
  if (!is_right) throw std::runtime_error(fmt::format("{} is no loop", config::in_quotes(text)));
  loop.dimension = *dimension;
  return loop;
}

}  // namespace

LayerSearch::LayerSearch(const DesignPoint& point, std::size_t layer)
    : layer_(point.workload->value.layers[layer]),
      accelerator_(point.accelerator),
      table_(point.energy),
      dataflow_(point.dataflow),
      objective_(point.request.objective),
      overlap_(point.request.overlap) {
  // What no search depends on has the same value in all of them. Prices are in the table already.
  layer_.name = "the layer";
  layer_.ifmap_zeros = 0;
  accelerator_.name = "the accelerator";
  accelerator_.energy.clear();
  accelerator_.clock_mhz = 1;
  accelerator_.word_bits = 1;
  accelerator_.pe.zero_gating = false;
  accelerator_.vector_operations_per_cycle = 1;
  if (overlap_ == Overlap::processing) accelerator_.dram = {1000, 0};  // hidden
}

Key LayerSearch::key() const {
  return KeyMaker()
      .add(key_of(layer_))
      .add(key_of(accelerator_))
      .add(table_->key)
      .add(dataflow_->key)
      .add_integer(static_cast<std::int64_t>(objective_))
      .add_integer(static_cast<std::int64_t>(overlap_))
      .key();
}

LayerSearch::Found LayerSearch::run() const {
  MapperRequest request;
  request.objective = objective_;
  request.overlap = overlap_;
  try {
    const Dataflow rule = nameless(dataflow_->value);
    return {find_mappings(layer_, accelerator_, table_->value, rule, request).best.front().mapping, ""};
  } catch (const NoMapping& error) {  // without its names: layers and machines of other names share it
    return {std::nullopt, "cannot be mapped: " + error.reason()};
  }
}

std::string mapping_json(const Mapping& mapping) {
  nlohmann::ordered_json object;
  for (const Level level : kAllLevels) {
    auto& loops = object[std::string(level_name(level))] = nlohmann::ordered_json::array();
    for (const Loop& loop : mapping.at(level))
      loops.push_back(fmt::format("{}={}", dimension_letter(loop.dimension), loop.bound));
  }
  if (mapping.weights_in_global_buffer) object["keep"] = {{"weight", {"global_buffer", "pe"}}};
  return object.dump();
}

Mapping mapping_of(const std::string& json) {
  const auto object = nlohmann::json::parse(json);
  Mapping mapping;
  for (const Level level : kAllLevels) {
    for (const auto& loop : object.at(std::string(level_name(level))))
      mapping.at(level).push_back(loop_of(loop.get<std::string>()));
  }
  mapping.weights_in_global_buffer = object.contains("keep");
  return mapping;
}

}  // namespace weir::sweep
