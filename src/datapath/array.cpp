#include "datapath/array.h"

#include "datapath/pe_array.h"
#include "datapath/systolic_array.h"

namespace weir::datapath {

std::unique_ptr<Array> make_array(LayerValues& layer, GlobalBuffer& buffer, const Accelerator& accelerator) {
  if (accelerator.systolic()) return std::make_unique<SystolicArray>(layer, buffer, accelerator);
  return std::make_unique<PeArray>(layer, buffer, accelerator);
}

}  // namespace weir::datapath
