#pragma once

#include <cstdint>
#include <vector>

#include "reference/product.h"
#include "reference/ticked_model.h"

// The oracle of the systolic array: docs/timing-model.md section 12 taken literally, with registers that hold
// a word each and shift once a step, behind the buffer and the link to DRAM of sections 1 and 7, one step per
// clock cycle. It shares no code with src/.
namespace weir::reference {

// A layer by a nest over product_shape(). Throws std::invalid_argument if nest, machine and data do not fit
// each other.
Result simulate_systolic(const LayerShape& layer, const NestSpec& nest, const MachineSpec& machine,
                         const LayerData& data);

// Folds one after the other without DRAM; outputs are [g][p][m]. Throws std::logic_error if a word meets
// another than the one it should, or overwrites one that is still needed: the rules of section 12 would then
// not be those of a machine that works. `hurry`: begins the second fold so many steps before the rules let
// it.
Result run_systolic(const MachineSpec& machine, const Product& product, const std::vector<ProductFold>& folds,
                    std::int64_t hurry = 0);

}  // namespace weir::reference
