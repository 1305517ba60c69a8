#include "mapper/space.h"

namespace weir {

Space::Space(const Layer& layer, const Accelerator& accelerator, const Dataflow& dataflow, const Pins& pins)
    : layer_(layer),
      accelerator_(accelerator),
      dataflow_(dataflow),
      pins_(pins),
      bounds_(layer_, accelerator_, dataflow_, pins_),
      dram_(dataflow.at(Level::dram), pins.at(Level::dram), accelerator.global_buffer.psum_bypasses),
      buffer_(dataflow.at(Level::global_buffer), pins.at(Level::global_buffer),
              accelerator.global_buffer.psum_bypasses) {
  make_arrays();
}

void Space::set_array(const ArrayChoice& array, Candidate& candidate) const {
  for (const Dimension d : kAllDimensions) {
    const auto& choices = bounds_.in_array(d);
    if (choices.size() == 1) continue;
    Split& split = candidate.splits[d];
    const std::int64_t buffer = split.buffer, dram = split.dram, in_last_run = split.in_last_run;
    split = choices[array[static_cast<std::size_t>(d)]];
    split.buffer = buffer;
    split.dram = dram;
    split.in_last_run = in_last_run;
  }
}

void Space::place(const LoopOrder& order, std::size_t from, std::int32_t first, PerDimension<Place>& places) {
  for (std::size_t i = from; i < order.count; ++i) {
    const std::int32_t number = first + static_cast<std::int32_t>(i);
    places[order.dimensions[i]] = {number, number};
  }
}

std::uint32_t Space::dram_mask(const Candidate& c) {
  std::uint32_t mask = 0;
  for (std::size_t d = 0; d < kDimensions; ++d) mask |= c.splits.values[d].dram > 1 ? 1U << d : 0U;
  return mask;
}

std::uint32_t Space::buffer_mask(const Candidate& c) {
  std::uint32_t mask = 0;
  for (std::size_t d = 0; d < kDimensions; ++d) mask |= c.splits.values[d].buffer > 1 ? 1U << d : 0U;
  return mask;
}

void Space::build(const Candidate& candidate, const LoopOrder& dram, const LoopOrder& buffer,
                  Mapping& mapping) const {
  mapping.weights_in_global_buffer = candidate.weights_in_global_buffer;
  const auto from_rules = [&](Level level, auto bound) {
    auto& loops = mapping.at(level);
    loops.clear();
    for (const LoopRule& rule : dataflow_.at(level)) {
      const std::int64_t n = bound(candidate.splits[rule.dimension]);
      if (n > 1) loops.push_back({rule.dimension, n});
    }
  };
  const auto from_order = [&](Level level, const LoopOrder& order, auto bound) {
    auto& loops = mapping.at(level);
    loops.clear();
    for (std::size_t i = 0; i < order.count; ++i)
      loops.push_back({order.dimensions[i], bound(candidate.splits[order.dimensions[i]])});
  };
  from_order(Level::dram, dram, [](const Split& s) { return s.dram; });
  from_order(Level::global_buffer, buffer, [](const Split& s) { return s.buffer; });
  from_rules(Level::pe_rows, [](const Split& s) { return s.rows; });
  from_rules(Level::pe_columns, [](const Split& s) { return s.columns; });
  from_rules(Level::pe, [](const Split& s) { return s.part; });
}

}  // namespace weir
