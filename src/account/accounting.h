#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "accelerator/accelerator.h"
#include "account/traffic.h"
#include "energy/energy_table.h"
#include "mapping/systolic.h"
#include "stats/counts.h"

namespace weir::account {

/// Which tensors a PE keeps in a register file.
using Held = std::array<bool, kTensors>;

/// What a word of each flow comes to in a machine: the one place that knows what an access is. Simulation,
/// closed forms and the mapper's bounds all count and price by it.
class Accounting {
 public:
  /// A PE array or a systolic array. `keeps_weights`: whether the mapping keeps weights in the global buffer;
  /// else they pass its prefetch banks on their way from DRAM.
  static Accounting of_array(const Accelerator& accelerator, const Held& held, bool keeps_weights);
  /// A vector unit beside the buffer: words go through it, and are nowhere else.
  static Accounting of_vector_unit();

  stats::Counts counts(const Traffic& traffic) const;
  /// The energy of a word of a flow, in the table's unit.
  double price(Tensor tensor, Flow flow, const energy::EnergyTable& table) const;

 private:
  /// Each word of the flow is an action, so many times: -1 takes back what another rule says in general.
  struct Rule {
    Tensor tensor;
    Flow flow;
    stats::Component component;
    stats::Action action;
    std::int8_t times;
  };
  void add_load(Tensor tensor);
  void add_drain();
  void add(Tensor tensor, Flow flow, stats::Component component, stats::Action action, int times = 1);

  static constexpr std::size_t kMostRules = 48;
  std::array<Rule, kMostRules> rules_{};
  std::size_t size_ = 0;
};

/// The register files of a PE of a PE array, and of a systolic array that is used so.
Held held_by(const ProcessingElementSpec& pe);
Held held_by(const SystolicRoles& roles);

}  // namespace weir::account
