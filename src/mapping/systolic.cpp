#include "mapping/systolic.h"

#include <algorithm>

#include "workload/lowering.h"

namespace weir {
namespace {

bool only(const std::vector<Loop>& loops, Dimension d) {
  return std::all_of(loops.begin(), loops.end(),
                     [&](const Loop& loop) { return loop.dimension == d || loop.bound == 1; });
}

}  // namespace

Layer mapped_layer(const Layer& layer, const Accelerator& accelerator) {
  return accelerator.systolic() && !layer.is_memory_bound() ? lowered(layer) : layer;
}

Dimension dimension_of_steps(const Accelerator& accelerator) {
  return accelerator.systolic() ? Dimension::P : Dimension::N;
}

bool is_in_steps(Dimension d, const Layer& layer, const Accelerator& accelerator) {
  return layer.steps > 1 && d == dimension_of_steps(accelerator);
}

std::int64_t bound_in_a_step(Dimension d, const Layer& layer, const Accelerator& accelerator) {
  return layer.bounds[d] / (is_in_steps(d, layer, accelerator) ? layer.steps : 1);
}

Need stationary_need(Tensor stationary, const Accelerator& accelerator) {
  const std::int64_t words = accelerator.double_buffered ? 2 : 1;
  switch (stationary) {
    case Tensor::ifmap:
      return {"stationary ifmap in ifmap_rf", words, accelerator.pe.ifmap_rf_words};
    case Tensor::weight:
      return {"stationary weight in weight_rf", words, accelerator.pe.weight_rf_words};
    default:
      return {"stationary psum in psum_rf", words, accelerator.pe.psum_rf_words};
  }
}

std::optional<SystolicRoles> systolic_roles(const Mapping& mapping, const Accelerator& accelerator) {
  std::optional<SystolicRoles> first;
  for (const SystolicRoles& roles : kSystolicRoles) {
    if (!only(mapping.at(Level::pe_rows), roles.rows) ||
        !only(mapping.at(Level::pe_columns), roles.columns) || !only(mapping.at(Level::pe), roles.stream))
      continue;
    if (stationary_need(roles.stationary, accelerator).fits()) return roles;
    if (!first) first = roles;
  }
  return first;
}

}  // namespace weir
