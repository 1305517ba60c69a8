#pragma once

#include <memory>

#include "accelerator/accelerator.h"
#include "datapath/global_buffer.h"
#include "datapath/layer_values.h"

namespace weir::datapath {

/// The values in an array: what timing::ArrayModel says the times of.
class Array {
 public:
  virtual ~Array() = default;
  /// All steps of the buffer's next tile, which the buffer holds.
  virtual void run_tile() = 0;

 protected:
  Array() = default;
  Array(const Array&) = default;
  Array& operator=(const Array&) = default;
};

/// The array of an accelerator at the beginning of a layer. All arguments must outlive it.
std::unique_ptr<Array> make_array(LayerValues& layer, GlobalBuffer& buffer, const Accelerator& accelerator);

}  // namespace weir::datapath
