#include <cmath>

#include "energy/energy_table.h"
#include "fuzz/harness.h"

namespace weir::fuzz {
namespace {

Accelerator machine(std::int64_t word_bits, std::int64_t words) {
  Accelerator accelerator;
  accelerator.word_bits = word_bits;
  accelerator.pe.ifmap_rf_words = accelerator.pe.weight_rf_words = words;
  accelerator.global_buffer.banks = 25;
  accelerator.global_buffer.bank_words = 2048;
  return accelerator;
}

}  // namespace

void read(const std::string& text) {
  const auto file = config::Node::parse(text, kFile);
  // The least and the most that an accelerator may have, and what is usual.
  for (const Accelerator& accelerator :
       {machine(1, 0), machine(16, 224), machine(64, std::int64_t{1} << 31)}) {
    const auto table = energy::read_energy_table(file, accelerator);
    for (std::size_t c = 0; c < stats::kComponents; ++c) {
      const auto component = static_cast<stats::Component>(c);
      for (const auto action : energy::actions_of(component)) {
        const double price = table.price(component, Tensor::ifmap, action);
        require(std::isfinite(price) && price >= 0, "a price that is no number of 0 or more");
      }
    }
  }
}

}  // namespace weir::fuzz
