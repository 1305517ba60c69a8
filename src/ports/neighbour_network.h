#pragma once

#include <cstdint>
#include <systemc>

#include "ports/links.h"

namespace weir::ports {

/// What a PE sees of the wires up its column: the neighbour ports of the PEs above, of which it names one.
class NeighbourWriter : public virtual sc_core::sc_interface {
 public:
  virtual PsumWriter& port_of(std::int64_t pe) = 0;
};

/// The wires between the PEs of a column. A PE that has no part in a chain lets psums pass.
class NeighbourNetwork : public sc_core::sc_module, public NeighbourWriter {
 public:
  sc_core::sc_vector<PsumPort> ports;  ///< the neighbour port of each PE

  NeighbourNetwork(const sc_core::sc_module_name& name, std::int64_t pes)
      : sc_module(name), ports("port", static_cast<std::size_t>(pes)) {}

  PsumWriter& port_of(std::int64_t pe) override { return ports[static_cast<std::size_t>(pe)]; }
};

}  // namespace weir::ports
