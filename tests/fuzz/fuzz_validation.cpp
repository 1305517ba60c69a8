#include "cli/validation.h"
#include "fuzz/harness.h"

void weir::fuzz::read(const std::string& text) {
  const cli::Validation validation = cli::read_validation(config::Node::parse(text, kFile));
  for (const auto& run : validation.runs) {
    for (const auto& comparison : run.comparisons)
      require(comparison.quantity != nullptr, "a comparison of nothing");
  }
}
