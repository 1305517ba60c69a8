#pragma once

#include <cstdint>

#include "config/node.h"

namespace weir::energy {

/// What the price of an access may depend on; a size of 0 stands for hardware that is not there.
struct Hardware {
  std::int64_t word_bits = 0;
  enum class Sized : std::uint8_t { none, memory, datapath } sized = Sized::none;
  double bytes = 0;       ///< of a memory: all of its banks
  double bank_bytes = 0;  ///< of a memory in banks; 0 elsewhere
};

/// Whether a value of an energy table is a price, and not a map of prices.
bool is_price(const config::Node& node);

/// The price of a word: a number, the energy of an access to so many bits, or points between which energy is
/// interpolated by size or width (docs/file-formats.md). Throws config::InputError.
double read_price(const config::Node& node, const Hardware& hardware);

}  // namespace weir::energy
