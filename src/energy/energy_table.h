#pragma once

#include <array>
#include <string>
#include <vector>

#include "accelerator/accelerator.h"
#include "config/node.h"
#include "stats/counts.h"

namespace weir::energy {

/// The price of each action at each component for each tensor.
class EnergyTable {
 public:
  std::string name;
  std::string unit;  ///< "MAC" (energy of one multiply-accumulate) or "pJ"

  double price(stats::Component c, Tensor d, stats::Action a) const { return prices_[index(c, d, a)]; }
  void set_price(stats::Component c, Tensor d, stats::Action a, double price) {
    prices_[index(c, d, a)] = price;
  }

 private:
  static constexpr std::size_t index(stats::Component c, Tensor d, stats::Action a) {
    return (static_cast<std::size_t>(c) * kTensors + static_cast<std::size_t>(d)) * stats::kActions +
           static_cast<std::size_t>(a);
  }
  std::array<double, stats::kComponents * kTensors * stats::kActions> prices_{};
};

/// The actions that a component can do.
std::vector<stats::Action> actions_of(stats::Component component);

/// Reads an energy table (docs/file-formats.md) for an accelerator, on whose sizes and widths prices may
/// depend. Throws config::InputError.
EnergyTable read_energy_table(const config::Node& root, const Accelerator& accelerator);

/// Energy by component, in the table's unit.
struct Energy {
  std::array<double, stats::kComponents> by_component{};
  double total() const;
  double operator[](stats::Component c) const { return by_component[static_cast<std::size_t>(c)]; }
};

/// Counts times prices.
Energy energy_of(const stats::Counts& counts, const EnergyTable& table);

}  // namespace weir::energy
