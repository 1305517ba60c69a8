#pragma once

#include <string>
#include <systemc>

namespace weir::ports {

/// Records a member of a module as a signal of its own: `chip.dram.busy`.
template <typename T>
void record(sc_core::sc_trace_file* file, const sc_core::sc_object& module, const T& member,
            const char* name) {
  sc_core::sc_trace(file, member, std::string(module.name()) + "." + name);
}

}  // namespace weir::ports
