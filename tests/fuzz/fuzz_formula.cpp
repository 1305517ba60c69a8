#include <cmath>
#include <map>

#include "fuzz/harness.h"
#include "sweep/expression.h"

void weir::fuzz::read(const std::string& text) {
  static const std::map<std::string, double> kValues = {{"pes", 168},
                                                        {"batch", 4},
                                                        {"global_buffer.banks", 25},
                                                        {"global_buffer.bank_words", 2048},
                                                        {"file.pe_array.pes", 256},
                                                        {"total_sram_kb", 181.5}};
  const sweep::Names names{[](const std::string& name) {
                             const auto found = kValues.find(name);
                             return found == kValues.end() ? std::nullopt : std::optional(found->second);
                           },
                           [] {
                             std::vector<std::string> all;
                             for (const auto& [name, value] : kValues) all.push_back(name);
                             return all;
                           }};
  sweep::Formula formula(config::Node::scalar(text, {kFile, 1, 1}));
  const double value = formula.evaluate(names);
  require(std::isfinite(value), "a value that is no number");
  require(formula.evaluate(names) == value, "another value the second time");
}
