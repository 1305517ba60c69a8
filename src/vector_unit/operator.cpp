#include "vector_unit/operator.h"

#include "vector_unit/operand_operator.h"
#include "vector_unit/placing_operator.h"
#include "vector_unit/pooling_operator.h"

namespace weir {

std::unique_ptr<VectorOperator> make_operator(const VectorValues& values, OutputSink& sink) {
  if (values.is_pool) return std::make_unique<PoolingOperator>(values, sink);
  switch (values.function) {
    case VectorFunction::add:
    case VectorFunction::subtract:
    case VectorFunction::multiply:
    case VectorFunction::max:
    case VectorFunction::min:
      return std::make_unique<OperandOperator>(values, sink);
    default:
      return std::make_unique<PlacingOperator>(values, sink);
  }
}

}  // namespace weir
