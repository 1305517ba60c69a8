#pragma once

#include <cstdint>
#include <optional>
#include <systemc>

#include "arch/word_routes.h"

namespace weir::arch {

/// A network from the global buffer to the PEs: a word goes to all its receivers at once. When it goes,
/// timing::MulticastLink says; here its value goes.
class MulticastNetwork : public sc_core::sc_module {
 public:
  explicit MulticastNetwork(const sc_core::sc_module_name& name) : sc_module(name) {}

  /// The words of this layer lie in `source` and in register files as these layouts say.
  void begin_layer(const BoxLayout& source, const BoxLayout& register_file) {
    routes_.emplace(source, register_file);
  }
  /// `at_origin`: the source's word at the array tile's `origin`; `register_file(pe)`: where PEs keep values.
  template <typename RegisterFileOf>
  void deliver(const Delivery& delivery, const std::int16_t* at_origin, const Coordinates& origin,
               RegisterFileOf register_file) {
    routes_->deliver(delivery, at_origin, origin, register_file);
  }

 private:
  std::optional<WordRoutes> routes_;
};

}  // namespace weir::arch
