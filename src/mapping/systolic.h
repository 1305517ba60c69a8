#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "accelerator/accelerator.h"
#include "mapping/capacity.h"
#include "mapping/mapping.h"
#include "workload/layer.h"

namespace weir {

/// What the loops inside a systolic array are for: one dimension on the rows, one on the columns, and one
/// that streams through the PEs. The tensor that the stream does not touch is stationary.
struct SystolicRoles {
  Dimension rows;
  Dimension columns;
  Dimension stream;
  Tensor stationary;
};

/// What an array can do: psums travel down the columns, or stay; so C stands on the rows, or streams.
inline constexpr std::array<SystolicRoles, 3> kSystolicRoles = {{
    {Dimension::C, Dimension::M, Dimension::P, Tensor::weight},
    {Dimension::C, Dimension::P, Dimension::M, Tensor::ifmap},
    {Dimension::P, Dimension::M, Dimension::C, Tensor::psum},
}};

/// The layer that a mapping on this accelerator is about: the layer itself, or on a systolic array the matrix
/// product that it comes to (workload/lowering.h).
Layer mapped_layer(const Layer& layer, const Accelerator& accelerator);

/// The dimension that a layer's steps are part of there: images, or a product's output positions.
Dimension dimension_of_steps(const Accelerator& accelerator);

/// Whether the layer's loops over d are those of its steps and, inside, of one step.
bool is_in_steps(Dimension d, const Layer& layer, const Accelerator& accelerator);

/// What the loops over d cover inside the loop over the layer's steps: all of d where that is no such
/// dimension, else exactly a step's share.
std::int64_t bound_in_a_step(Dimension d, const Layer& layer, const Accelerator& accelerator);

/// The stationary words of a PE, which must fit its register file of that tensor: one, or two where the next
/// fold's shift in behind it.
Need stationary_need(Tensor stationary, const Accelerator& accelerator);

/// The roles by which a systolic array can run a mapping: of those that its loops of more than one iteration
/// allow, the first whose stationary words have a register file. Nothing when the loops allow none.
std::optional<SystolicRoles> systolic_roles(const Mapping& mapping, const Accelerator& accelerator);

}  // namespace weir
