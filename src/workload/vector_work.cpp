#include "workload/vector_work.h"

#include <array>
#include <functional>
#include <numeric>

namespace weir {

std::int64_t words_of(const TensorShape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::string_view vector_function_name(VectorFunction function) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "none",     "max",  "min",    "sum",     "average",   "add",   "subtract",
      "multiply", "relu", "concat", "reshape", "transpose", "slice", "repeat"};
  return kNames[static_cast<std::size_t>(function)];
}

}  // namespace weir
