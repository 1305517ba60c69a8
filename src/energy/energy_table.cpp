#include "energy/energy_table.h"

#include <numeric>

namespace weir::energy {
namespace {

using config::Map;
using config::Node;
using stats::Action;
using stats::Component;
using stats::Data;

constexpr double kMostPrice = 1e9;

std::vector<Action> actions_of(Component component) {
  switch (component) {
    case Component::network:
    case Component::neighbour:
      return {Action::hop};
    case Component::mac:
      return {Action::mac, Action::gated_mac};
    default:
      return {Action::read, Action::write};
  }
}

/// One number for all actions, or a map by action.
void read_actions(const Node& node, Component component, Data data, EnergyTable& table) {
  const std::vector<Action> actions = actions_of(component);
  if (!node.is_map()) {
    const double price = node.number(0, kMostPrice);
    for (const Action action : actions) table.set_price(component, data, action, price);
    return;
  }
  Map map = node.map();
  for (const Action action : actions) {
    const std::string name(stats::kActionNames[static_cast<std::size_t>(action)]);
    table.set_price(component, data, action, map.at(name).number(0, kMostPrice));
  }
  map.finish();
}

/// One number, or a map by tensor; for `mac`, which has no tensors, by action.
void read_component(const Node& node, Component component, EnergyTable& table) {
  const bool by_tensor = node.is_map() && component != Component::mac;
  std::optional<Map> map;
  if (by_tensor) map = node.map();
  for (std::size_t d = 0; d < stats::kData; ++d) {
    const Node prices = by_tensor ? map->at(std::string(stats::kDataNames[d])) : node;
    read_actions(prices, component, static_cast<Data>(d), table);
  }
  if (by_tensor) map->finish();
}

}  // namespace

EnergyTable read_energy_table(const Node& root) {
  Map map = root.map();
  EnergyTable table;
  table.name = map.at("energy").name();
  table.unit = map.at("unit").choice({"MAC", "pJ"});
  Map prices = map.at("prices").map();
  for (std::size_t c = 0; c < stats::kComponents; ++c) {
    read_component(prices.at(std::string(stats::kComponentNames[c])), static_cast<Component>(c), table);
  }
  prices.finish();
  map.finish();
  return table;
}

double Energy::total() const { return std::accumulate(by_component.begin(), by_component.end(), 0.0); }

Energy energy_of(const stats::Counts& counts, const EnergyTable& table) {
  Energy energy;
  counts.for_each([&](Component c, Data d, Action a, std::int64_t count) {
    energy.by_component[static_cast<std::size_t>(c)] += static_cast<double>(count) * table.price(c, d, a);
  });
  return energy;
}

}  // namespace weir::energy
