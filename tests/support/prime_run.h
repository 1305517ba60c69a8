#pragma once

#include <string>

#include "report/run_result.h"

namespace weir::test {

/// Prime numbers, each once.
class Primes {
 public:
  std::int64_t next();

 private:
  std::int64_t last_ = 1;
};

/// A run whose counts, prices, states of PEs and times of links are different primes (or, where a sum is
/// given, what is left of it), so that no number can stand in the place of another. Of two convolutions, one
/// more of the same kind, a depthwise one and a memory-bound layer.
report::RunResult prime_run(const std::string& accelerator = "machine", const std::string& dataflow = "flow");

}  // namespace weir::test
