#include "timing/array_model.h"

#include "timing/array.h"
#include "timing/systolic_array.h"

namespace weir::timing {

std::unique_ptr<ArrayModel> make_array(const Accelerator& accelerator) {
  if (accelerator.systolic()) return std::make_unique<SystolicArray>(accelerator);
  return std::make_unique<Array>(accelerator);
}

}  // namespace weir::timing
