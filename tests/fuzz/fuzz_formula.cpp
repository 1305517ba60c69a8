#include <cmath>

#include "fuzz/harness.h"
#include "sweep/expression.h"

void weir::fuzz::read(const std::string& text) {
  static const sweep::Names kNames = {{"pes", 168},
                                      {"batch", 4},
                                      {"global_buffer.banks", 25},
                                      {"global_buffer.bank_words", 2048},
                                      {"file.pe_array.pes", 256},
                                      {"total_sram_kb", 181.5}};
  const double value = sweep::evaluate(config::Node::scalar(text, {kFile, 1, 1}), kNames);
  require(std::isfinite(value), "a value that is no number");
}
